//! What can be varied in an experiment.

use std::time::Duration;

/// Something that an experiment lets its reader vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Knob {
    /// [`Settings::backlog`].
    Backlog,
    /// [`Settings::clients`].
    Clients,
    /// [`Settings::message_bytes`].
    MessageSize,
    /// [`Settings::buffer_bytes`].
    Buffer,
    /// [`Settings::pause`].
    Pause,
}

/// How an experiment is varied; what is not given is as in the practical.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What `listen(2)` is asked for.
    pub backlog: Option<i32>,
    /// How many clients come.
    pub clients: Option<u32>,
    /// How long the message is.
    pub message_bytes: Option<u32>,
    /// How much `recv(2)` is asked for; for a sender, how large the buffers are (`SO_SNDBUF`, `SO_RCVBUF` of `socket(7)`).
    pub buffer_bytes: Option<u32>,
    /// How long the pauses are.
    pub pause: Option<Duration>,
    /// The largest packet of the private network.
    pub mtu_bytes: Option<u32>,
    /// Settings of the private network's kernel (`sysctl(8)`): names that begin with `net.`, and values.
    pub sysctls: Vec<(String, String)>,
}

impl Settings {
    /// The number that a setting of the private network's kernel shall be, if that is asked for.
    pub fn sysctl(&self, name: &str) -> Option<u32> {
        let asked_for = self.sysctls.iter().rev().find(|(other, _)| other == name);
        asked_for.and_then(|(_, value)| value.trim().parse().ok())
    }
}
