//! The `socklab` binary.

fn main() {}
