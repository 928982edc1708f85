//! Echo.
pub mod storm;
