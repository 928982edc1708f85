//! The binary as a person meets it: what it prints and how it exits, in both languages.

mod ask;
mod completions;
mod dissector;
mod echo;
mod global;
mod help;
mod man;
mod sockets;
mod support;
