//! What an error of the operating system is called, and what it means in plain words.

use std::io;

use wire::errno as number;

use crate::words::Words;

/// Returns the name of an error's number, `ECONNREFUSED`; none for an error that the kernel did not give.
pub(crate) fn name(error: &io::Error) -> Option<&'static str> {
    number::name(error.raw_os_error()?)
}

/// Says the name, and after it what it means when there is a plain way to say it.
pub(crate) fn explain(words: &Words, error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(errno) => explain_number(words, errno),
        None => match error.kind() {
            io::ErrorKind::InvalidData => words.errno_not_text(),
            io::ErrorKind::FileTooLarge => words.errno_fbig(),
            io::ErrorKind::OutOfMemory => words.errno_nomem(),
            _ => words.errno_none(error),
        },
    }
}

/// Says the same of an error number.
pub(crate) fn explain_number(words: &Words, errno: i32) -> String {
    let name = match number::name(errno) {
        Some(name) => name.to_owned(),
        None => words.errno_unknown(errno),
    };
    match meaning(words, errno) {
        Some(meaning) => words.errno_explained(name, meaning),
        None => name,
    }
}

/// Says what it means, when there is a plain way to say it.
pub(crate) fn meaning(words: &Words, errno: i32) -> Option<String> {
    let meaning = match errno {
        number::EPERM => words.errno_perm(),
        number::ENOENT => words.errno_noent(),
        number::ESRCH => words.errno_srch(),
        number::EINTR => words.errno_intr(),
        number::EIO => words.errno_io(),
        number::EBADF => words.errno_badf(),
        number::EAGAIN => words.errno_again(),
        number::ENOMEM => words.errno_nomem(),
        number::EACCES => words.errno_acces(),
        number::EFAULT => words.errno_fault(),
        number::EEXIST => words.errno_exist(),
        number::ENODEV => words.errno_nodev(),
        number::ENOTDIR => words.errno_notdir(),
        number::EISDIR => words.errno_isdir(),
        number::EINVAL => words.errno_inval(),
        number::ENFILE => words.errno_nfile(),
        number::EMFILE => words.errno_mfile(),
        number::EFBIG => words.errno_fbig(),
        number::ENOSPC => words.errno_nospc(),
        number::EROFS => words.errno_rofs(),
        number::EPIPE => words.errno_pipe(),
        number::ENOTSOCK => words.errno_notsock(),
        number::EDESTADDRREQ => words.errno_destaddrreq(),
        number::EMSGSIZE => words.errno_msgsize(),
        number::ENOPROTOOPT => words.errno_noprotoopt(),
        number::EPROTONOSUPPORT => words.errno_protonosupport(),
        number::EOPNOTSUPP => words.errno_opnotsupp(),
        number::EAFNOSUPPORT => words.errno_afnosupport(),
        number::EADDRINUSE => words.errno_addrinuse(),
        number::EADDRNOTAVAIL => words.errno_addrnotavail(),
        number::ENETDOWN => words.errno_netdown(),
        number::ENETUNREACH => words.errno_netunreach(),
        number::ECONNABORTED => words.errno_connaborted(),
        number::ECONNRESET => words.errno_connreset(),
        number::ENOBUFS => words.errno_nobufs(),
        number::EISCONN => words.errno_isconn(),
        number::ENOTCONN => words.errno_notconn(),
        number::ETIMEDOUT => words.errno_timedout(),
        number::ECONNREFUSED => words.errno_connrefused(),
        number::EHOSTDOWN => words.errno_hostdown(),
        number::EHOSTUNREACH => words.errno_hostunreach(),
        number::EALREADY => words.errno_already(),
        number::EINPROGRESS => words.errno_inprogress(),
        _ => return None,
    };
    Some(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_common_error_is_explained_after_its_name() {
        assert_eq!(explained(number::EMFILE), "EMFILE - this process has no file descriptors left");
    }

    #[test]
    fn an_error_that_has_no_plain_words_keeps_its_name() {
        assert_eq!(explained(number::EL2NSYNC), "EL2NSYNC");
    }

    #[test]
    fn a_number_that_linux_does_not_define_is_shown() {
        assert_eq!(explained(134), "error 134");
    }

    #[test]
    fn an_error_that_is_not_of_the_kernel_says_so() {
        let error = io::Error::from(io::ErrorKind::UnexpectedEof);

        assert_eq!(name(&error), None);
        assert_eq!(explain(&Words::new(Lang::English), &error), "unexpected end of file");
    }

    #[test]
    fn what_the_library_says_by_itself_is_said_in_the_language() {
        let not_text = io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        let words = Words::new(Lang::Spanish);

        assert_eq!(explain(&words, &not_text), "no es texto en UTF-8");
        assert_eq!(explain(&words, &io::Error::from(io::ErrorKind::FileTooLarge)), "es demasiado largo");
    }

    fn explained(errno: i32) -> String {
        explain(&Words::new(Lang::English), &io::Error::from_raw_os_error(errno))
    }
}
