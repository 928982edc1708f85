//! What shows the cause of a failure: rules over what was sent, what came, and what the program said of it.

use crate::check::signatures::Signature;
use crate::check::trial::Trial;
use crate::check::{Exit, Problem, Told};

/// The signal of a write that nobody can read any more (`signal(7)`), and the code with which a shell tells of it.
const SIGPIPE: i32 = 13;
const SIGPIPE_CODE: i32 = 128 + SIGPIPE;

/// What programs say of their end, and what that shows.
const LAST_WORDS: [(&str, Signature); 6] = [
    ("UnicodeDecodeError", Signature::StrictDecoding),
    ("MalformedInputException", Signature::StrictDecoding),
    ("BrokenPipeError", Signature::BrokenPipe),
    ("EPIPE", Signature::BrokenPipe),
    ("Address already in use", Signature::NoReuseAddress),
    ("EADDRINUSE", Signature::NoReuseAddress),
];

/// Names the cause of a failure that has none so far, if the program's last words or its end show it.
pub(in crate::check) fn explained(trial: &Trial, problem: Problem) -> Problem {
    let Some(failure) = problem.failure() else { return problem };
    let by_end = of_end(&failure.observed);
    // A connection may be closed before its program says why, and a failure needs no cause.
    let _ = trial.settle();
    let said = trial.output().map(|output| output.text()).unwrap_or_default();
    let ended = || trial.program().and_then(|program| program.exit()).ok().flatten().and_then(of_exit);
    match by_end.or_else(|| of_output(&said)).or_else(ended) {
        Some(signature) => problem.signed(signature),
        None => problem,
    }
}

fn of_end(observed: &Told) -> Option<Signature> {
    let Told::Ended(exit) = observed else { return None };
    of_exit(*exit)
}

fn of_exit(exit: Exit) -> Option<Signature> {
    let is_pipe = exit.signal() == Some(SIGPIPE) || exit.code() == Some(SIGPIPE_CODE);
    is_pipe.then_some(Signature::BrokenPipe)
}

fn of_output(said: &str) -> Option<Signature> {
    LAST_WORDS.iter().find(|(words, _)| said.contains(words)).map(|(_, signature)| *signature)
}

/// Names the cause of a reply that is not what was sent; `before` is what was sent before that.
pub(super) fn of_reply(before: &[u8], sent: &[u8], reply: &[u8]) -> Option<Signature> {
    if let Some(more) = reply.strip_prefix(sent).filter(|more| !more.is_empty()) {
        if more.iter().all(|byte| *byte == 0) {
            return Some(Signature::WholeBuffer);
        }
        let is_old = before.get(sent.len()..).is_some_and(|old| old.starts_with(more));
        return is_old.then_some(Signature::StaleBytes);
    }
    let text = std::str::from_utf8(sent).ok().filter(|_| sent.starts_with(reply) && !reply.is_empty())?;
    let counts = [text.chars().count(), text.encode_utf16().count()];
    (reply.len() < sent.len() && counts.contains(&reply.len())).then_some(Signature::CharactersCounted)
}

/// Names the cause of a message of which less or more came when sends were short.
pub(super) fn of_short_sends(whole: &[u8], came: &[u8]) -> Option<Signature> {
    if came.len() < whole.len() && is_part(whole, came) {
        return Some(Signature::SendResultIgnored);
    }
    let first = came.iter().zip(whole).take_while(|(one, other)| one == other).count();
    let again = came.get(first..).unwrap_or_default();
    (first > 0 && !again.is_empty() && whole.starts_with(&again[..first.min(again.len())]))
        .then_some(Signature::SentAgain)
}

/// What stands between a text and an image in a stream; `None` if they do not stand there as they are, and in this order.
pub(super) fn between<'s>(stream: &'s [u8], text: &[u8], image: &[u8]) -> Option<&'s [u8]> {
    let begin = find(stream, text)? + text.len();
    let length = find(&stream[begin..], image)?;
    Some(&stream[begin..begin + length])
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len().max(1)).position(|window| window == part)
}

/// Whether these bytes are some of those, in their order.
fn is_part(whole: &[u8], part: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_shows_what_was_sent_in_place_of_the_message() {
        for (before, sent, reply, signature) in [
            (&b""[..], &b"hola"[..], &b"hola\0\0\0"[..], Some(Signature::WholeBuffer)),
            (b"buenos dias", b"hola", b"holaos dias", Some(Signature::StaleBytes)),
            (b"", "ñandú".as_bytes(), "ñandú".as_bytes().split_at(5).0, Some(Signature::CharactersCounted)),
            (b"", "🦀!".as_bytes(), "🦀!".as_bytes().split_at(3).0, Some(Signature::CharactersCounted)),
            (b"", b"hola", b"ho", None),
            (b"", b"hola", b"HOLA", None),
            (b"", b"hola", b"hola!", None),
        ] {
            assert_eq!(of_reply(before, sent, reply), signature, "{}", reply.escape_ascii());
        }
    }

    #[test]
    fn a_short_send_that_is_begun_anew_is_told_from_one_that_is_forgotten() {
        let whole = b"Hola Mundo!";

        assert_eq!(of_short_sends(whole, b"Hol"), Some(Signature::SendResultIgnored));
        assert_eq!(of_short_sends(whole, b"Hol Mo!"), Some(Signature::SendResultIgnored));
        assert_eq!(of_short_sends(whole, b"HolHolHolHol"), Some(Signature::SentAgain));
        assert_eq!(of_short_sends(whole, b"another one altogether"), None);
    }

    #[test]
    fn what_separates_a_text_from_an_image_is_found() {
        assert_eq!(between(b"hola--x--\x89PNG", b"hola", b"\x89PNG"), Some(&b"--x--"[..]));
        assert_eq!(between(b"\x89PNGhola", b"hola", b"\x89PNG"), None);
    }

    #[test]
    fn last_words_name_a_cause() {
        assert_eq!(of_output("UnicodeDecodeError: 'utf-8' codec"), Some(Signature::StrictDecoding));
        assert_eq!(of_output("bind: Address already in use"), Some(Signature::NoReuseAddress));
        assert_eq!(of_output("hola"), None);
    }
}
