//! The rules, and what each of them finds.

use std::fmt;

use serde::Serialize;

use super::Finding;
use super::scene::Scene;

/// Defines the rules: the module of each, its name here, and what it is about.
macro_rules! rules {
    ($($(#[doc = $doc:literal])* $module:ident = $name:ident,)*) => {
        $(pub use super::$module::$name;)*

        /// A rule. As text its name in kebab case: `refused-datagram`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        /// What a rule found.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "finding", rename_all = "snake_case")]
        pub enum Facts {
            $($(#[doc = $doc])* $name($name),)*
        }

        impl Facts {
            /// Which rule found it.
            pub fn rule(&self) -> Rule {
                match self {
                    $(Self::$name(_) => Rule::$name,)*
                }
            }
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name of its module.
            const fn module(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($module),)*
                }
            }
        }

        /// What finds, in the order of [`Rule`].
        pub(super) const RULES: &[fn(&Scene<'_>) -> Vec<Finding>] = &[$(super::$module::find),*];
    };
}

rules! {
    /// A datagram for a port that nobody has.
    refused_datagram = RefusedDatagram,
    /// A connection that nobody listens for.
    refused_connection = RefusedConnection,
    /// A datagram without an answer.
    silence = Silence,
    /// A datagram that was cut on its way into the program.
    truncated_datagram = TruncatedDatagram,
    /// The rest of a send that was never sent.
    short_send = ShortSend,
    /// A message that was read in part.
    short_receive = ShortReceive,
    /// Messages that were taken for one.
    joined_messages = JoinedMessages,
    /// Connections that found no room in a queue.
    full_accept_queue = FullAcceptQueue,
    /// A connection that was closed with bytes unread.
    unread_reset = UnreadReset,
    /// A connection that was used after the peer had gone.
    peer_closed = PeerClosed,
    /// An address that somebody else has.
    address_in_use = AddressInUse,
    /// Datagrams that found no room in a buffer.
    dropped_datagrams = DroppedDatagrams,
    /// A loop at the end of a stream.
    end_ignored = EndIgnored,
    /// A loop that asks instead of waiting.
    busy_polling = BusyPolling,
    /// Sockets that are left open.
    descriptor_leak = DescriptorLeak,
    /// Programs that wait for each other.
    blocked_for_ever = BlockedForEver,
    /// Small writes that wait for acknowledgements.
    nagle_stall = NagleStall,
    /// A datagram that is too long.
    message_too_long = MessageTooLong,
    /// A port that the program may not have.
    denied_port = DeniedPort,
    /// An address that no way leads to.
    no_route = NoRoute,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.module().replace('_', "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_the_name_that_json_gives_it() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_string(rule).unwrap(), format!("\"{rule}\""));
        }
    }
}
