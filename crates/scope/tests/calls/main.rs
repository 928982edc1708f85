//! Real programs under the tracer: what they do is told, once and as it was.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

mod clamp;
mod closing;
mod interruptions;
mod lines;
mod orders;
mod programs;
mod special;
mod starts;
mod support;
