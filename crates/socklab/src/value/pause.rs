//! Pauses around a call, `--pause recv=2s`: what `time.sleep()` in the middle of a script shows, without editing one.

use endpoints::shaping::{Call, Pause, Side};

use super::{ValueError, time};

/// The calls of a server that can be paused.
const ANSWERING: &[Call] = &[Call::Bind, Call::Listen, Call::Accept, Call::Recv, Call::Send, Call::Close];

/// The calls of a client that can be paused.
const ASKING: &[Call] = &[Call::Connect, Call::Send, Call::Recv, Call::Close];

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
    let (side, name) = if let Some(name) = place.strip_prefix("after-") {
        (Side::After, name)
    } else {
        (Side::Before, place.strip_prefix("before-").unwrap_or(place))
    };
    let call = known.iter().find(|call| call.name() == name);
    Ok(Pause { side, call: *call.ok_or(ValueError::Call { known })?, time: time(time_text)? })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_pause_comes_before_the_call_unless_it_says_after() {
        for (text, side) in
            [("recv=2s", Side::Before), ("before-recv=2s", Side::Before), ("after-recv=2s", Side::After)]
        {
            let time = Duration::from_secs(2);
            assert_eq!(answering_pause(text), Ok(Pause { side, call: Call::Recv, time }), "{text}");
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
