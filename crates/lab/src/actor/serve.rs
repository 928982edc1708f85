//! Servers of a few lines, as those of the practical: what they do with a datagram is their service.

use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use kernel::blocking;

use super::script::Service;

/// The shell of `system(3)`.
const SHELL: &str = "/bin/sh";

/// Receives datagrams and serves them, until the service is over.
///
/// # Errors
///
/// What `recvfrom(2)` said. A reply that cannot be sent is not the end: somebody else may ask.
pub(super) fn serve(socket: BorrowedFd<'_>, room: usize, service: &Service) -> io::Result<()> {
    let mut buffer = vec![0; room];
    loop {
        let received = blocking::receive_from(socket, &mut buffer)?;
        let message = &buffer[..received.bytes];
        let Some(from) = received.from else { continue };
        match answer(service, message, from)? {
            Answer::Nothing => {}
            Answer::Bytes(reply) => drop(blocking::send(socket, &reply, Some(from))),
            Answer::End => return Ok(()),
        }
    }
}

enum Answer {
    Nothing,
    Bytes(Vec<u8>),
    End,
}

fn answer(service: &Service, message: &[u8], from: SocketAddr) -> io::Result<Answer> {
    let echo = || if message.is_empty() { Answer::Nothing } else { Answer::Bytes(message.to_vec()) };
    Ok(match service {
        Service::Only(addresses) if !addresses.contains(&from.ip()) => Answer::Nothing,
        Service::StopAt(word) if message == word.as_bytes() => Answer::End,
        Service::RunAfter(word) => match message.strip_prefix(word.as_bytes()) {
            Some(line) => Answer::Bytes(system(line)?.to_string().into_bytes()),
            None => echo(),
        },
        Service::Only(_) | Service::StopAt(_) => echo(),
    })
}

/// Runs a line of a shell and returns its wait status, as `system(3)`.
fn system(line: &[u8]) -> io::Result<i32> {
    let line = String::from_utf8_lossy(line);
    Ok(Command::new(SHELL).arg("-c").arg(&*line).status()?.into_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(service: &Service, message: &str, from: &str) -> Option<String> {
        match answer(service, message.as_bytes(), from.parse().unwrap()).unwrap() {
            Answer::Bytes(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Answer::Nothing => Some(String::new()),
            Answer::End => None,
        }
    }

    #[test]
    fn each_service_answers_what_it_is_for() {
        let only = Service::Only(vec!["127.0.0.1".parse().unwrap()]);
        assert_eq!(reply(&only, "hola", "127.0.0.1:1").as_deref(), Some("hola"));
        assert_eq!(reply(&only, "hola", "127.0.0.10:1").as_deref(), Some(""));
        assert_eq!(reply(&only, "", "127.0.0.1:1").as_deref(), Some(""));

        let stop = Service::StopAt("SALIR".to_owned());
        assert_eq!(reply(&stop, "no SALIR", "127.0.0.1:1").as_deref(), Some("no SALIR"));
        assert_eq!(reply(&stop, "SALIR", "127.0.0.1:1"), None);

        let run = Service::RunAfter("CMD ".to_owned());
        assert_eq!(reply(&run, "CMD exit 3", "127.0.0.1:1").as_deref(), Some("768"));
        assert_eq!(reply(&run, "CMD kill -KILL $$", "127.0.0.1:1").as_deref(), Some("9"));
        assert_eq!(reply(&run, "hola", "127.0.0.1:1").as_deref(), Some("hola"));
    }
}
