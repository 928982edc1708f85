//! The binary as a person meets it: what it prints and how it exits, in both languages.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

mod ask;
mod bench;
mod chat;
mod check;
mod completions;
mod dissector;
mod doctor;
mod echo;
mod exec;
#[path = "../shared/executable.rs"]
mod executable;
mod extcap;
mod global;
mod grade;
mod help;
mod key;
mod lab;
mod man;
mod message_server;
mod replay;
mod send;
mod serve;
mod sockets;
mod stop;
mod supervise;
mod support;
mod trace;
