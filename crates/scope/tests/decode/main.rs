//! Calls, from registers and memory.

mod addresses;
mod any_memory;
mod memory;
mod messages;
mod options;
mod times;
mod waits;
