//! What the clients of a message server have in common to say: why there is no session, why it broke, what a server answered.

use endpoints::messages::BrokenSession;
use endpoints::messages::client::{OpenError, StreamResult};
use endpoints::transport::Transport;
use wire::message::{Refusal, ResultCode};

use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// Why there is no session.
pub(crate) fn open_failure(error: &OpenError, transport: Transport, has_key: bool, words: &Words) -> Failure {
    match error {
        OpenError::Connect { address, source } => {
            let object = format!("{address} ({transport})");
            Failure::system(words, Exit::Network, "connect", object, source)
                .hint(words.hint_serve(address.port()))
        }
        OpenError::Silent { address, .. } => {
            Failure::new(Exit::Silence, words.session_silent(address, transport))
                .hint(words.hint_session_silent())
        }
        OpenError::Refused { address, refusal } => refused(address, *refusal, has_key, words),
        OpenError::NoServer { address } => Failure::new(Exit::Integrity, words.session_no_server(address))
            .hint(words.hint_serve(address.port())),
        OpenError::NoAddress => Failure::new(Exit::Usage, words.ask_no_address()),
    }
}

fn refused(address: &std::net::SocketAddr, refusal: Refusal, has_key: bool, words: &Words) -> Failure {
    let (exit, why, hint) = match refusal {
        Refusal::Key => (Exit::Denied, words.refused_key(), Some(words.hint_refused_key())),
        Refusal::Plain => (Exit::Denied, words.refused_plain(), Some(words.hint_refused_plain())),
        Refusal::Busy => (Exit::Network, words.refused_busy(), None),
        Refusal::Stopping => (Exit::Network, words.refused_stopping(), None),
        Refusal::Malformed => (Exit::Integrity, words.refused_malformed(), None),
        Refusal::Unknown(_) => (Exit::Network, words.refused_other(refusal), None),
    };
    debug_assert!(has_key || refusal != Refusal::Key);
    let failure = Failure::new(exit, words.session_refused(address, why));
    hint.into_iter().fold(failure, Failure::hint)
}

/// Why a session broke.
pub(crate) fn broken(error: &BrokenSession, words: &Words) -> Failure {
    match error {
        BrokenSession::Connection(error) => {
            Failure::new(Exit::Network, words.session_failed(errno::explain(words, error)))
        }
        BrokenSession::Cut => Failure::new(Exit::Network, words.session_cut()),
        BrokenSession::Silent => Failure::new(Exit::Silence, words.session_went_silent()),
        BrokenSession::Frame(_) | BrokenSession::Record(_) | BrokenSession::Protocol(_) => {
            Failure::new(Exit::Integrity, words.session_broken(error))
        }
    }
}

/// How a run ends whose stream was answered like this.
pub(crate) fn exit(code: ResultCode) -> Exit {
    match code {
        ResultCode::Done => Exit::Done,
        ResultCode::Denied | ResultCode::Command => Exit::Denied,
        ResultCode::Mismatch | ResultCode::Malformed => Exit::Integrity,
        _ => Exit::Network,
    }
}

/// What a server's answer means.
pub(crate) fn explain(result: &StreamResult, words: &Words) -> String {
    match result.code {
        ResultCode::TooLarge => words.result_too_large(result.room().unwrap_or_default()),
        ResultCode::Failed => {
            let errno = result.errno().unwrap_or_default();
            words.result_failed(errno::explain_number(words, errno.cast_signed()))
        }
        code => explain_code(code, words),
    }
}

/// What an answer means of which no more than its code is known.
pub(crate) fn explain_code(code: ResultCode, words: &Words) -> String {
    match code {
        ResultCode::Done => words.result_done(),
        ResultCode::Denied => words.result_denied(),
        ResultCode::Command => words.result_command(),
        ResultCode::Name => words.result_name(),
        ResultCode::TooLarge => words.result_too_large_here(),
        ResultCode::Mismatch => words.result_mismatch(),
        ResultCode::Busy => words.result_busy(),
        ResultCode::Cancelled => words.result_cancelled(),
        ResultCode::Malformed => words.result_malformed(),
        ResultCode::Unsupported => words.result_unsupported(),
        ResultCode::Failed => words.result_failed_here(),
        ResultCode::Stopping => words.result_stopping(),
        ResultCode::Superseded => words.result_superseded(),
        ResultCode::Repeated => words.result_repeated(),
        ResultCode::Unknown(_) => words.result_unknown(code),
    }
}

/// What to try after an answer that was not what was hoped for.
pub(crate) fn hinted(failure: Failure, code: ResultCode, has_key: bool, words: &Words) -> Failure {
    match code {
        ResultCode::Denied if !has_key => failure.hint(words.hint_needs_key()),
        ResultCode::Denied => failure.hint(words.hint_needs_grant()),
        ResultCode::Command => failure.hint(words.hint_needs_command()),
        _ => failure,
    }
}
