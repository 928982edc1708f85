//! How things look: values of the libraries in, text in the reader's language or JSON out.

mod access;
pub(crate) mod ask;
pub(crate) mod echo;
pub(crate) mod sockets;
pub(crate) mod start;
