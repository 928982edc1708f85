//! Why a server could not start.

use std::io;

use endpoints::listen::StartError;
use kernel::limits;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::access;
use crate::words::Words;

/// Says why a server could not start.
pub(crate) fn failure(error: &StartError, words: &Words) -> Failure {
    match error {
        StartError::Socket { call, transport, address, source } => {
            let object = format!("{address} ({transport})");
            let failure = Failure::system(words, Exit::Usage, call, object, source);
            if is_out_of_files(source) {
                return failure.hint(words.hint_open_files(limits::open_files().soft));
            }
            match source.kind() {
                io::ErrorKind::AddrInUse => failure.hint(words.hint_address_in_use(address.port())),
                io::ErrorKind::AddrNotAvailable => failure.hint(words.hint_address_not_available()),
                io::ErrorKind::PermissionDenied => failure.hint(words.hint_port_privileged()),
                _ => failure,
            }
        }
        StartError::NoAddress => Failure::new(Exit::Usage, words.echo_no_address()),
        StartError::Access(error) => access::failure(error, words),
        StartError::System { call, source } => {
            let failure = Failure::system(words, Exit::Usage, call, words.object_server(), source);
            if is_out_of_files(source) {
                return failure.hint(words.hint_open_files(limits::open_files().soft));
            }
            failure
        }
    }
}

fn is_out_of_files(error: &io::Error) -> bool {
    error.raw_os_error() == Some(wire::errno::EMFILE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use endpoints::transport::Transport;

    use super::*;
    use crate::json;
    use crate::lang::Lang;

    #[test]
    fn a_server_that_finds_no_descriptor_left_says_how_to_have_more() {
        let out_of_files = || io::Error::from_raw_os_error(wire::errno::EMFILE);
        let (transport, address) = (Transport::Tcp, ([127, 0, 0, 1], 3500).into());
        for error in [
            StartError::System { call: "epoll_create1", source: out_of_files() },
            StartError::Socket { call: "socket", transport, address, source: out_of_files() },
        ] {
            let failure = failure(&error, &Words::new(Lang::English));

            let event = json::line(Duration::ZERO, &failure.event());
            assert!(event.contains("ulimit -n"), "{event}");
        }
    }
}
