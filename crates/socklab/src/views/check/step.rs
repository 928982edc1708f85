//! What was done with a program, a line for each step.

use lab::check::{Act, Manner};

use super::told::{ended, role, told, transport};
use crate::views::printable::printable;
use crate::views::trace::span;
use crate::words::Words;

/// Says what was done, or seen.
pub(super) fn step(words: &Words, act: &Act) -> String {
    match act {
        Act::Start { role: of } => words.step_start(role(words, *of)),
        Act::Ready { role: of, transport: kind, address } => {
            words.step_ready(role(words, *of), address, transport(*kind))
        }
        Act::Listen { transport: kind, address } => words.step_listen(address, transport(*kind)),
        Act::Connect { peer, from, to, outcome } => words.step_connect(peer, from, to, told(words, outcome)),
        Act::Accept { peer, from } => words.step_accept(peer, from),
        Act::Send { peer, bytes } => {
            words.step_send(peer, told(words, &lab::check::Told::Bytes(bytes.clone())))
        }
        Act::Receive { peer, got, from: None } => words.step_receive(peer, told(words, got)),
        Act::Receive { peer, got, from: Some(from) } => words.step_receive_from(peer, told(words, got), from),
        Act::Silence { peer } => words.step_silence(peer),
        Act::HalfClose { peer } => words.step_half_close(peer),
        Act::Reset { peer } => words.step_reset(peer),
        Act::Close { peer } => words.step_close(peer),
        Act::Pause { time } => words.step_pause(span(*time)),
        Act::LeftOut { steps } => words.step_left_out(*steps),
        Act::Relay { manner: how } => words.step_relay(manner(words, how)),
        of_program => program(words, of_program),
    }
}

/// What was done with the program itself.
fn program(words: &Words, act: &Act) -> String {
    match act {
        Act::Type { role: of, line } => words.step_type(role(words, *of), printable(line)),
        Act::EndOfInput { role: of } => words.step_end_of_input(role(words, *of)),
        Act::Output { role: of, found: true } => words.step_output_found(role(words, *of)),
        Act::Output { role: of, found: false } => words.step_output_missing(role(words, *of)),
        Act::Clamp { bytes: Some(bytes) } => words.step_clamp(*bytes),
        Act::Clamp { bytes: None } => words.step_no_clamp(),
        Act::SmallBuffers { bytes } => words.step_small_buffers(*bytes),
        Act::StopAndContinue { role: of } => words.step_stop_and_continue(role(words, *of)),
        Act::End { role: of } => words.step_end(role(words, *of)),
        Act::Overuse { role: of, resident_bytes } => {
            words.step_overuse(role(words, *of), resident_bytes >> 20)
        }
        Act::Ended { role: of, exit } => words.step_ended(role(words, *of), ended(words, *exit)),
        // Every other one is told above.
        _ => String::new(),
    }
}

fn manner(words: &Words, manner: &Manner) -> String {
    match manner {
        Manner::Faithful => words.manner_faithful(),
        Manner::Fragmented { bytes, piece_bytes, .. } => words.manner_fragmented(bytes, piece_bytes),
        Manner::Coalesced { .. } => words.manner_coalesced(),
        Manner::Delayed { by } => words.manner_delayed(span(*by)),
        Manner::Truncated { bytes } => words.manner_truncated(*bytes),
        Manner::Reset { bytes } => words.manner_reset(*bytes),
    }
}
