//! The first source: the kernel's own list of sockets, by `sock_diag(7)`.

use std::io;
use std::time::Duration;

use kernel::netlink::{REPLY_BYTES_MAX, SockDiag};
use wire::sock_diag::{Entry, Message, Request, decode};

use super::error::{DumpError, SnapshotError};

/// How long the kernel may take for a datagram of its answer. It needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many datagrams an answer may have: enough for some three million sockets.
const REPLIES_MAX: usize = 16 * 1024;

/// Asks the kernel for all sockets that match one of `requests`.
pub(crate) fn entries(requests: &[Request]) -> Result<Vec<Entry>, SnapshotError> {
    let diag = SockDiag::open(PATIENCE).map_err(SnapshotError::Open)?;
    let mut entries = Vec::new();
    for request in requests {
        dump(&diag, request, &mut entries).map_err(|cause| SnapshotError::Dump {
            protocol: request.protocol,
            family: request.family,
            cause,
        })?;
    }
    Ok(entries)
}

/// Adds the sockets that match `request` to `entries`.
pub(crate) fn dump(diag: &SockDiag, request: &Request, entries: &mut Vec<Entry>) -> Result<(), DumpError> {
    let mut buffer = vec![0; REPLY_BYTES_MAX];
    diag.send(&request.encode())?;
    for _ in 0..REPLIES_MAX {
        for message in decode(request, diag.receive(&mut buffer)?)? {
            match message {
                Message::Entry(entry) => entries.push(entry),
                Message::Done => return Ok(()),
                Message::Error(errno) => {
                    return Err(io::Error::from_raw_os_error(errno).into());
                }
                Message::Unknown(_) => {}
            }
        }
    }
    Err(DumpError::Endless(REPLIES_MAX))
}
