//! stub
use std::path::Path;
use wire::key::KeyList;
/// stub
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct KeysError;
/// stub
pub fn load_list(path: &Path) -> Result<KeyList, KeysError> {
    KeyList::parse(&std::fs::read_to_string(path).map_err(|_| KeysError)?).map_err(|_| KeysError)
}
