//! stub
use super::{
    session::Client,
    stream::{Ended, Input, Open},
};
use crate::messages::frames::BrokenSession;
use std::sync::Arc;
use wire::message::ExecRequest;
#[derive(Debug)]
pub(super) struct Handle;
impl Handle {
    pub(super) fn take(&mut self, _: Input) -> bool {
        true
    }
}
pub(super) async fn open(
    _: &Arc<Client>,
    _: Ended,
    _: &ExecRequest<'_>,
) -> Result<Option<Open>, BrokenSession> {
    Ok(None)
}
