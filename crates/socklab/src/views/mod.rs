//! How things look: values of the libraries in, text in the reader's language or JSON out.

mod access;
pub(crate) mod ask;
pub(crate) mod bench;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod echo;
pub(crate) mod exec;
pub(crate) mod finding;
pub(crate) mod grade;
pub(crate) mod key;
pub(crate) mod lab;
pub(crate) mod page;
pub(crate) mod printable;
pub(crate) mod send;
pub(crate) mod serve;
mod server;
pub(crate) mod session;
pub(crate) mod sockets;
pub(crate) mod start;
pub(crate) mod stop;
pub(crate) mod trace;
pub(crate) mod tui;
pub(crate) mod ways;
