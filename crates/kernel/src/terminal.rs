//! The terminal (`tty(4)`).

use std::io;
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// How much a terminal shows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many characters a line has.
    pub columns: u16,
    /// How many lines there are.
    pub rows: u16,
}

/// Tells the size of a terminal (`TIOCGWINSZ` of `ioctl_tty(2)`). Both numbers are 0 when nobody has set it.
///
/// # Errors
/// `ENOTTY`: not a terminal; `EBADF`: closed.
#[doc(alias = "TIOCGWINSZ")]
pub fn size(terminal: impl AsFd) -> io::Result<Size> {
    let size = tcgetwinsize(terminal)?;
    Ok(Size { columns: size.ws_col, rows: size.ws_row })
}
