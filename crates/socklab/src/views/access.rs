//! What is wrong with a rule or a rule file.

use endpoints::access::{AccessError, FILE_BYTES_MAX, RULES_MAX};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// Says why the rules could not be read.
pub(crate) fn failure(error: &AccessError, words: &Words) -> Failure {
    match error {
        AccessError::File { file, source } => {
            Failure::system(words, Exit::Usage, "read", file.display(), source).hint(words.hint_rule_file())
        }
        AccessError::TooMany { file } => {
            Failure::new(Exit::Usage, words.access_too_many(file.display(), RULES_MAX, FILE_BYTES_MAX))
        }
        AccessError::Line { file, line, cause } => {
            let wrong = reason(cause, words);
            Failure::new(Exit::Usage, words.access_line(file.display(), line, wrong))
                .hint(words.hint_rule_line())
        }
        AccessError::Network { .. } | AccessError::Prefix { .. } => {
            Failure::new(Exit::Usage, reason(error, words)).hint(words.hint_rule_line())
        }
    }
}

fn reason(error: &AccessError, words: &Words) -> String {
    match error {
        AccessError::Network { text } => words.access_network(text),
        AccessError::Prefix { text, bits_max } => words.access_prefix(text, bits_max),
        AccessError::Line { .. } | AccessError::File { .. } | AccessError::TooMany { .. } => {
            error.to_string()
        }
    }
}
