//! stub
use crate::{exit::Exit, failure::Failure, words::Words};
use endpoints::messages::keys::KeysError;
pub(crate) fn failure(error: &KeysError, _: &Words) -> Failure {
    Failure::new(Exit::Usage, error.to_string())
}
