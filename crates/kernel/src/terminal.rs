//! The terminal (`tty(4)`).

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, Winsize, tcgetattr,
    tcgetwinsize, tcsetattr, tcsetwinsize,
};

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

/// Makes a terminal that is no screen (`pty(7)`): what a program writes to the second one is read from the first one, and what is
/// written to the first one is as if typed at the second. It is nobody's controlling terminal, so no key makes a signal.
///
/// # Errors
/// `ENOSPC`: this machine has no more (`/proc/sys/kernel/pty/max`); `EMFILE`, `ENFILE`: no descriptor left; `ENOENT`: no `/dev/ptmx`.
#[doc(alias = "posix_openpt")]
pub fn pair(size: Size) -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let screen = openpt(flags)?;
    unlockpt(&screen)?;
    let terminal = ioctl_tiocgptpeer(&screen, flags)?;
    let Size { columns, rows } = size;
    tcsetwinsize(&terminal, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })?;
    Ok((screen, terminal))
}

/// How a terminal treats what is typed and written (`termios(3)`), to be given back to it.
#[derive(Debug, Clone)]
pub struct Modes(Termios);

impl Modes {
    /// The same modes, but that nothing is changed or added: what is typed is not shown, keys make no signals, and what a program
    /// writes comes as it wrote it. A line is still taken as a whole, and Ctrl-D at its beginning is the end of the input.
    #[doc(alias = "ECHO")]
    #[must_use]
    pub fn unadorned(&self) -> Self {
        let mut modes = self.0.clone();
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ISIG | LocalModes::IEXTEN);
        modes.local_modes.insert(LocalModes::ICANON);
        modes.output_modes.remove(OutputModes::OPOST);
        modes.input_modes.remove(InputModes::IXON);
        modes.input_modes.insert(InputModes::IUTF8);
        Self(modes)
    }

    /// The same modes, but that what is typed comes key by key: none is kept for a line to be complete, and none that ends the
    /// input, as Ctrl-D does, is swallowed. It is shown, and Ctrl-C is a signal, as before.
    #[doc(alias = "ICANON")]
    #[must_use]
    pub fn key_by_key(&self) -> Self {
        let mut modes = self.0.clone();
        modes.local_modes.remove(LocalModes::ICANON);
        // A read waits for one byte, and for no time.
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        Self(modes)
    }
}

/// Takes the modes that a terminal has now.
///
/// # Errors
/// `ENOTTY`: not a terminal; `EBADF`: closed.
#[doc(alias = "tcgetattr")]
pub fn modes(terminal: impl AsFd) -> io::Result<Modes> {
    Ok(Modes(tcgetattr(terminal)?))
}

/// Gives a terminal modes that it had before, once what has been written to it is shown.
///
/// A program that ends while it edits a line owes this to whoever uses the terminal next.
///
/// # Errors
/// `ENOTTY`: not a terminal; `EIO`: this program is in the background of another session.
#[doc(alias = "tcsetattr")]
pub fn set_modes(terminal: impl AsFd, modes: &Modes) -> io::Result<()> {
    Ok(tcsetattr(terminal, OptionalActions::Drain, &modes.0)?)
}
