//! Why no snapshot could be taken, in the reader's language.

use std::io;

use scope::sockets::SnapshotError;
use wire::errno;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// Makes the failure of a snapshot. An answer of the kernel that cannot be understood is a mistake of ours.
pub(crate) fn failure(error: &SnapshotError, words: &Words) -> Failure {
    let Some(errno) = error.errno() else {
        return Failure::internal(words, error);
    };
    let (operation, object) = match error {
        SnapshotError::Open(_) => ("socket", "NETLINK_SOCK_DIAG".to_owned()),
        SnapshotError::Dump { protocol, family, .. } => ("sock_diag", format!("{protocol} {family}")),
        SnapshotError::Processes(_) => ("read", "/proc".to_owned()),
    };
    let cause = io::Error::from_raw_os_error(errno);
    let failure = Failure::system(words, Exit::Usage, operation, object, &cause);
    match hint(error, errno, words) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn hint(error: &SnapshotError, errno: i32, words: &Words) -> Option<String> {
    match (error, errno) {
        (SnapshotError::Processes(_), _) => Some(words.hint_proc()),
        (_, errno::EPERM | errno::EACCES | errno::EPROTONOSUPPORT | errno::EAFNOSUPPORT) => {
            Some(words.hint_sock_diag())
        }
        (SnapshotError::Dump { protocol, .. }, errno::ENOENT) => {
            Some(words.hint_diag_module(format!("{protocol}_diag")))
        }
        (_, errno::EAGAIN) => Some(words.hint_try_again()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use scope::sockets::{DumpError, Family, Protocol};

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn each_refusal_says_what_to_try_in_both_languages() {
        let errors = [
            SnapshotError::Open(refusal(errno::EPERM)),
            SnapshotError::Open(refusal(errno::EPROTONOSUPPORT)),
            SnapshotError::Dump {
                protocol: Protocol::Udp,
                family: Family::Ipv6,
                cause: DumpError::Exchange(refusal(errno::ENOENT)),
            },
            SnapshotError::Dump {
                protocol: Protocol::Tcp,
                family: Family::Ipv4,
                cause: DumpError::Exchange(refusal(errno::EAGAIN)),
            },
            SnapshotError::Dump {
                protocol: Protocol::Tcp,
                family: Family::Ipv4,
                cause: DumpError::Endless(16384),
            },
        ];

        for lang in [Lang::English, Lang::Spanish] {
            let failures = errors.each_ref().map(|error| failure(error, &Words::new(lang)));
            insta::assert_debug_snapshot!(format!("refusals_{lang:?}"), failures);
        }
    }

    fn refusal(errno: i32) -> io::Error {
        io::Error::from_raw_os_error(errno)
    }
}
