//! The load generator against echo servers that do right, and others that do wrong in one way each.

mod faulty;
mod measured;
mod support;
