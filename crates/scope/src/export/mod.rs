//! Recordings in the formats of other programs.

mod line;
pub mod pcapng;
pub mod perfetto;

pub use self::line::line;
