//! What can be seen on this machine by this user: the level of a recording, and why it is not a higher one.

use kernel::namespace::{self, UserMap};
use kernel::step::StepError;

use super::config::Network;
use super::settings::{self, Refused, Setting};
use crate::model::{Level, Pid};
use crate::source::Sink;
use crate::source::packets::{self, Packets, PacketsError};

/// What kept a recording from a higher level.
#[derive(Debug, Default)]
pub struct Limits {
    /// Why there is no private network, although one was asked for.
    pub private: Option<StepError>,
    /// Why packets cannot be captured.
    pub packets: Option<PacketsError>,
    /// The settings that the kernel refused.
    pub settings: Vec<Refused>,
}

/// The network that a recording is in.
#[derive(Debug)]
pub(super) struct Ground {
    /// Whether nothing is in it but what is watched.
    pub(super) is_private: bool,
    pub(super) limits: Limits,
}

impl Ground {
    /// Enters the network that was asked for, as far as this machine allows.
    ///
    /// This process must have one thread only: it changes its namespaces. A private network is tried in a child first, because one
    /// that was entered half cannot be left.
    pub(super) fn enter(network: Network) -> Result<Self, (Pid, StepError)> {
        let mut limits = Limits::default();
        let is_private = match network {
            Network::Host => false,
            Network::Of(pid) => namespace::join(pid.0).map(|()| true).map_err(|error| (pid, error))?,
            Network::Private { mtu_bytes } => {
                limits.private = private(mtu_bytes).err();
                limits.private.is_none()
            }
        };
        Ok(Self { is_private, limits })
    }

    /// Makes the network what was asked for, as far as the kernel allows.
    pub(super) fn set(&mut self, settings: &[Setting]) {
        self.limits.settings =
            if self.is_private { settings::apply(settings) } else { settings::refuse(settings) };
    }

    /// Begins to capture packets, if this user may.
    pub(super) fn capture(&mut self, snap_bytes: u32, sink: &Sink) -> Option<Packets> {
        let config = packets::Config { snap_bytes, ..packets::Config::default() };
        packets::start(config, sink.clone()).map_err(|error| self.limits.packets = Some(error)).ok()
    }

    pub(super) fn level(&self) -> Level {
        match (&self.limits.packets, self.is_private) {
            (None, true) => Level::A,
            (None, false) => Level::B,
            (Some(_), _) => Level::C,
        }
    }
}

fn private(mtu_bytes: u32) -> Result<(), StepError> {
    let map = UserMap::usual();
    namespace::probe(map, mtu_bytes)?;
    namespace::enter_private(map)?;
    namespace::loopback_up(mtu_bytes)
}
