//! What teaches: the exercises of the practical as experiments with evidence, and checks of students' own programs.
//!
//! Knows what the exercises mean. It prints nothing: words beside those of the texts (`en.md`, `es.md` beside each
//! experiment and each list of requirements) are the binary's.
#![forbid(unsafe_code)]

pub mod actor;
pub mod check;
pub mod exercise;
pub mod experiments;
pub mod grade;
mod scratch;
pub mod stage;
mod stop;
pub mod text;

pub use self::scratch::Scratch;
pub use self::stop::Stop;
