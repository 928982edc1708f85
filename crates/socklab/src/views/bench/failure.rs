//! Why there are no figures.

use std::io;
use std::path::Path;

use endpoints::bench::{BenchError, InvalidLoad, Load, Mismatch, ResultsError};
use wire::errno::{EADDRNOTAVAIL, ECONNREFUSED, EMFILE, ENFILE, ETIMEDOUT};

use super::figures::time;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::printable::printable_bytes;
use crate::words::Words;

/// The failure of a measurement.
pub(crate) fn failure(error: &BenchError, load: &Load, words: &Words) -> Failure {
    match error {
        BenchError::Invalid(error) => invalid(error, words),
        BenchError::Connect { target, error, .. } => {
            of_socket("connect", format!("{target} ({})", load.transport), error, load, words)
        }
        BenchError::Call { call, connection, error } => {
            of_socket(call, words.bench_connection(connection), error, load, words)
        }
        BenchError::Closed { connection } => Failure::new(Exit::Network, words.bench_closed(connection))
            .hint(words.hint_bench_no_echo_server()),
        BenchError::Silent { after, waiting } => {
            let after = time(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX));
            Failure::new(Exit::Silence, words.bench_silent(after, *waiting as u64))
                .hint(words.hint_bench_no_echo_server())
        }
        BenchError::Wrong { connection, mismatch } => wrong(*connection, mismatch, words),
        BenchError::System { operation, error } => Failure::system(words, Exit::Usage, operation, "", error),
    }
}

fn of_socket(call: &str, object: String, error: &io::Error, load: &Load, words: &Words) -> Failure {
    let failure = |exit| Failure::system(words, exit, call, object, error);
    match error.raw_os_error() {
        Some(EMFILE | ENFILE) => {
            failure(Exit::Usage).hint(words.hint_open_files(kernel::limits::open_files().soft))
        }
        Some(EADDRNOTAVAIL) => failure(Exit::Usage).hint(words.hint_bench_ports()),
        Some(ETIMEDOUT) => failure(Exit::Silence),
        Some(ECONNREFUSED) => {
            failure(Exit::Network).hint(words.hint_start_server(load.transport, load.target.port()))
        }
        _ => failure(Exit::Network),
    }
}

fn wrong(connection: usize, mismatch: &Mismatch, words: &Words) -> Failure {
    let failed = |message| Failure::new(Exit::Integrity, message);
    match mismatch {
        Mismatch::Byte { offset, expected, actual, received } => {
            let failure = failed(words.bench_wrong_byte(
                connection,
                offset,
                format!("{actual:#04x}"),
                format!("{expected:#04x}"),
            ));
            // What does not begin as it should, and is text, is an answer of something else.
            let is_text =
                received.len() > 1 && received.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n'));
            if *offset == 0 && is_text {
                return failure.hint(words.hint_bench_answered(printable_bytes(received)));
            }
            failure
        }
        Mismatch::Length { expected, actual } => {
            failed(words.bench_wrong_length(connection, actual, expected))
        }
        Mismatch::Number { sent, actual } => failed(words.bench_wrong_number(connection, actual, sent)),
    }
}

/// The failure of a load that cannot be.
pub(crate) fn invalid(error: &InvalidLoad, words: &Words) -> Failure {
    let range = |flag: &str, asked: String, min: usize, max: usize| {
        Failure::new(Exit::Usage, words.bench_out_of_range(flag, asked))
            .hint(words.hint_bench_range(min, max))
    };
    match error {
        InvalidLoad::Connections { asked, max } => range("--connections", asked.to_string(), 1, *max),
        InvalidLoad::Depth { asked, max } => range("--depth", asked.to_string(), 1, *max),
        InvalidLoad::Size { asked, min, max } => range("--size", asked.to_string(), *min, *max),
        InvalidLoad::Rate { max: 0, .. } => {
            Failure::new(Exit::Usage, words.bench_no_rate()).hint(words.hint_bench_rate())
        }
        InvalidLoad::Rate { asked, max } => range("--rate", asked.to_string(), 1, *max as usize),
        InvalidLoad::Time(_) => Failure::new(Exit::Usage, words.bench_time()).hint(words.hint_bench_time()),
        InvalidLoad::Transport => {
            Failure::new(Exit::Usage, words.bench_not_over()).hint(words.hint_bench_shape())
        }
    }
}

/// The failure of a file of results.
pub(crate) fn unreadable(error: &ResultsError, path: &Path, words: &Words) -> Failure {
    let path = path.display();
    let message = match error {
        ResultsError::OtherLoad => words.bench_other_load(path),
        ResultsError::Twice(_) => words.bench_twice(path),
        ResultsError::TooMany => words.bench_too_many(endpoints::bench::PARTS_MAX),
        ResultsError::Format(_) => words.bench_no_results(path),
    };
    Failure::new(Exit::Usage, message).hint(words.hint_bench_merge())
}
