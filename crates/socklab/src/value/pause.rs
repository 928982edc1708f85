//! Pauses around a call, `--pause recv=2s`: what `time.sleep()` in the middle of a script shows, without editing one.

use std::fmt;
use std::time::Duration;

use super::{ValueError, time};

/// The calls of a server that can be paused.
const ANSWERING: &[Call] = &[Call::Bind, Call::Listen, Call::Accept, Call::Recv, Call::Send, Call::Close];

/// The calls of a client that can be paused.
const ASKING: &[Call] = &[Call::Connect, Call::Send, Call::Recv, Call::Close];

/// A wait before or after each call of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pause {
    /// On which side of the call.
    pub(crate) moment: Moment,
    /// Which call.
    pub(crate) call: Call,
    /// For how long.
    pub(crate) time: Duration,
}

/// A side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the call is made.
    Before,
    /// Once the call has returned.
    After,
}

/// A call of the sockets API, by the part it plays: `recv` stands for `recvfrom` and the others of its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// `bind(2)`
    Bind,
    /// `listen(2)`
    Listen,
    /// `accept(2)`
    Accept,
    /// `connect(2)`
    Connect,
    /// `recv(2)`
    Recv,
    /// `send(2)`
    Send,
    /// `close(2)`
    Close,
}

impl Call {
    /// Returns the name of the call.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Recv => "recv",
            Self::Send => "send",
            Self::Close => "close",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads a pause of a server.
///
/// # Errors
///
/// [`ValueError::Pause`] without an equals sign, [`ValueError::Call`] for a call that a server does not make, and
/// those of [`time`].
pub(crate) fn answering_pause(text: &str) -> Result<Pause, ValueError> {
    pause(ANSWERING, text)
}

/// Reads a pause of a client.
///
/// # Errors
///
/// Those of [`answering_pause`], for the calls of a client.
pub(crate) fn asking_pause(text: &str) -> Result<Pause, ValueError> {
    pause(ASKING, text)
}

fn pause(known: &'static [Call], text: &str) -> Result<Pause, ValueError> {
    let (place, time_text) = text.split_once('=').ok_or(ValueError::Pause)?;
    let (moment, name) = if let Some(name) = place.strip_prefix("after-") {
        (Moment::After, name)
    } else {
        (Moment::Before, place.strip_prefix("before-").unwrap_or(place))
    };
    let call = known.iter().find(|call| call.name() == name);
    Ok(Pause { moment, call: *call.ok_or(ValueError::Call { known })?, time: time(time_text)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_comes_before_the_call_unless_it_says_after() {
        for (text, moment) in [
            ("recv=2s", Moment::Before),
            ("before-recv=2s", Moment::Before),
            ("after-recv=2s", Moment::After),
        ] {
            let time = Duration::from_secs(2);
            assert_eq!(answering_pause(text), Ok(Pause { moment, call: Call::Recv, time }), "{text}");
        }
    }

    #[test]
    fn servers_and_clients_make_different_calls() {
        assert!(answering_pause("accept=1").is_ok());
        assert_eq!(asking_pause("accept=1"), Err(ValueError::Call { known: ASKING }));
        assert!(asking_pause("connect=1").is_ok());
        assert_eq!(answering_pause("connect=1"), Err(ValueError::Call { known: ANSWERING }));
    }

    #[test]
    fn each_part_of_a_pause_is_checked() {
        assert_eq!(asking_pause("recv"), Err(ValueError::Pause));
        assert_eq!(asking_pause("=1s"), Err(ValueError::Call { known: ASKING }));
        assert_eq!(asking_pause("recv="), Err(ValueError::Time));
        assert_eq!(asking_pause("recv=25h"), Err(ValueError::TimeRange));
        assert_eq!(asking_pause("after-before-recv=1"), Err(ValueError::Call { known: ASKING }));
    }
}
