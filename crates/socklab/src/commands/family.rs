//! The flags that choose a family of addresses, for the verbs that have them.

use std::net::SocketAddr;

/// `-4` and `-6`; neither of them is both.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Family {
    #[arg(short = '4', conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    #[arg(short = '6')]
    pub(crate) ipv6: bool,
}

impl Family {
    /// The flag that was given and the family that it chooses, if any.
    pub(crate) fn flag_and_name(self) -> Option<(&'static str, &'static str)> {
        match (self.ipv4, self.ipv6) {
            (true, _) => Some(("-4", "IPv4")),
            (_, true) => Some(("-6", "IPv6")),
            (false, false) => None,
        }
    }

    /// Says whether an address is of a family that was chosen.
    pub(crate) fn admits(self, address: SocketAddr) -> bool {
        match (self.ipv4, self.ipv6) {
            (true, _) => address.is_ipv4(),
            (_, true) => address.is_ipv6(),
            (false, false) => true,
        }
    }
}
