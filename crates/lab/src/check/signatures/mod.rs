//! What shows the cause of a failure: mistakes that many make, each known by what it looks like from outside.

use serde::{Deserialize, Serialize};

/// A mistake, by what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// The status is 256 times what it should be: a wait status, not an exit status.
    WaitStatus,
    /// The status of a command that a signal ended is 0: a wait status was shifted.
    ShiftedStatus,
    /// The status is 127 whatever the command: something that is not the command was passed to the shell with it.
    PrefixPassed,
    /// Only the first piece was taken: `recv` was called once.
    SingleReceive,
    /// As many bytes as the buffer has: the whole buffer is sent, and not what was received.
    WholeBuffer,
    /// Bytes of an earlier message follow a shorter one.
    StaleBytes,
    /// The processor is busy after the peer has ended its stream: `recv` that returns nothing is not taken for the end.
    EndIgnored,
    /// It answers itself.
    AnswersItself,
    /// As many bytes are missing as there are characters of more than one byte: characters were counted.
    CharactersCounted,
    /// What was sent before comes again: a send that was short was begun anew.
    SentAgain,
    /// The rest of a short send is missing: what `send` returns is not looked at.
    SendResultIgnored,
    /// A `recv` of less than was asked for is taken for the end of the message.
    ShortReceiveIsEnd,
    /// A pause is taken for the end of the message.
    PauseIsEnd,
    /// Bytes that are no text end it.
    StrictDecoding,
    /// It was ended by `SIGPIPE`, or by the error in its place.
    BrokenPipe,
    /// The port is in use when it starts again: `SO_REUSEADDR` is missing.
    NoReuseAddress,
}
