//! What the tests of checks have in common.

pub(crate) mod at_once;
pub(crate) mod place;
pub(crate) mod run;
pub(crate) mod table;
pub(crate) mod tools;
