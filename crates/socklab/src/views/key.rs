//! stub
use endpoints::messages::keys::KeysError;
use crate::{exit::Exit, failure::Failure, words::Words};
pub(crate) fn failure(error: &KeysError, _: &Words) -> Failure { Failure::new(Exit::Usage, error.to_string()) }
