//! What came of a question, decided from what was seen.

use std::io;
use std::net::{IpAddr, SocketAddr};

use kernel::error_queue::{Origin, Report};
use serde::Serialize;
use wire::icmp::{self, Meaning, Version};

use crate::errno::Errno;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// A reply came.
    Replied {
        /// Whether it is the message, byte for byte.
        echo: bool,
    },
    /// Nothing came in time.
    Silent {
        /// What was waited for.
        waiting_for: Stage,
    },
    /// The other side, or somebody on the way, said no.
    Refused {
        /// Who, and how.
        by: Refusal,
    },
    /// A filter forbids it.
    Denied {
        /// Who, and how.
        by: Refusal,
    },
    /// The peer broke the connection off (RST).
    Reset {
        /// What was going on.
        during: Stage,
        /// What the kernel said.
        errno: Errno,
    },
    /// The peer ended its stream without a byte of reply.
    ClosedEarly,
    /// Bytes are missing.
    Truncated {
        /// Where they were lost.
        at: Cut,
        /// How many there are.
        bytes: usize,
        /// How many there should be.
        true_bytes: usize,
    },
    /// It was told to stop while it waited.
    Interrupted {
        /// What was waited for.
        waiting_for: Stage,
    },
}

/// A part of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The TCP handshake.
    Handshake,
    /// Room in the kernel's buffer for the message.
    Send,
    /// The reply.
    Reply,
}

/// Where bytes were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// In this side's `send()`: not all was offered or taken.
    Send,
    /// On the other side: the reply is the beginning of the message.
    Peer,
    /// In this side's `recv()`: the datagram was larger than the buffer, or the stream was not asked for more.
    Recv,
}

/// Who said no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Refusal {
    /// An ICMP message, which quotes the datagram that it is about.
    Icmp {
        /// Who sent it.
        offender: Option<IpAddr>,
        /// Its type.
        #[serde(rename = "type")]
        kind: u8,
        /// Its code.
        code: u8,
        /// Their name.
        name: &'static str,
        /// What it is for the socket.
        errno: Errno,
        /// How many bytes of the datagram it quotes.
        quoted_bytes: usize,
        /// Where that datagram was going.
        destination: Option<SocketAddr>,
    },
    /// The kernel, which told the socket no more than this.
    Kernel {
        /// What it said.
        errno: Errno,
    },
}

impl Verdict {
    /// Judges a reply against the message it answers.
    pub(super) fn of_reply(message: &[u8], reply: &Reply) -> Self {
        if let Some(true_bytes) = reply.cut_from {
            return Self::Truncated { at: Cut::Recv, bytes: reply.bytes, true_bytes };
        }
        if reply.equal && reply.bytes < message.len() {
            return Self::Truncated { at: Cut::Peer, bytes: reply.bytes, true_bytes: message.len() };
        }
        Self::Replied { echo: reply.equal && reply.bytes == message.len() }
    }

    /// Judges an entry of the error queue.
    pub(crate) fn of_report(report: &Report) -> Self {
        let errno = Errno(report.errno);
        let version = match report.origin {
            Origin::Icmp => Version::V4,
            Origin::Icmp6 => Version::V6,
            Origin::Local | Origin::Other(_) => return Self::of_kernel(errno),
        };
        let by = Refusal::Icmp {
            offender: report.offender.map(|offender| offender.ip()),
            kind: report.kind,
            code: report.code,
            name: icmp::name(version, report.kind, report.code).unwrap_or("unknown"),
            errno,
            quoted_bytes: report.quote.len(),
            destination: report.destination,
        };
        match icmp::meaning(version, report.kind, report.code) {
            Meaning::Prohibited => Self::Denied { by },
            _ => Self::Refused { by },
        }
    }

    /// Judges an error number that says no.
    fn of_kernel(errno: Errno) -> Self {
        let by = Refusal::Kernel { errno };
        match errno.0 {
            wire::errno::EPERM | wire::errno::EACCES => Self::Denied { by },
            _ => Self::Refused { by },
        }
    }

    /// Judges an error of a call, if it is the network's and not this side's fault.
    pub(crate) fn of_error(error: &io::Error, during: Stage) -> Option<Self> {
        use wire::errno::{
            EACCES, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOPROTOOPT, EPERM, EPIPE,
            EPROTO, ETIMEDOUT,
        };

        let errno = Errno::from(error);
        match errno.0 {
            ECONNRESET | EPIPE => Some(Self::Reset { during, errno }),
            ETIMEDOUT => Some(Self::Silent { waiting_for: during }),
            ECONNREFUSED | EHOSTUNREACH | ENETUNREACH | ENETDOWN | EPROTO | ENOPROTOOPT | EPERM | EACCES => {
                Some(Self::of_kernel(errno))
            }
            _ => None,
        }
    }

    /// Whether another address of the same name may do better.
    ///
    /// On loopback a handshake that is not answered tells of a full accept queue, and not of a way that does not work.
    pub(crate) fn invites_next_address(&self, failed: SocketAddr) -> bool {
        match self {
            Self::Refused { .. } | Self::Denied { .. } => true,
            Self::Silent { waiting_for: Stage::Handshake } => !failed.ip().is_loopback(),
            _ => false,
        }
    }
}

/// What is known of a reply while it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reply {
    /// How many bytes have come.
    pub(super) bytes: usize,
    /// Whether they are the message's so far.
    pub(super) equal: bool,
    /// How long the datagrams were in all, if the buffer cut one.
    pub(super) cut_from: Option<usize>,
}

impl Reply {
    pub(super) const NONE: Self = Self { bytes: 0, equal: true, cut_from: None };

    /// Takes a part of the reply; `true_bytes` is how long it was before the buffer cut it.
    pub(super) fn take(&mut self, message: &[u8], part: &[u8], true_bytes: usize) {
        let expected = message.get(self.bytes..).unwrap_or_default();
        self.equal &= expected.starts_with(part);
        let before = self.cut_from.unwrap_or(self.bytes);
        self.bytes += part.len();
        if true_bytes > part.len() || self.cut_from.is_some() {
            self.cut_from = Some(before + true_bytes);
        }
    }

    /// Whether it is the whole message.
    pub(super) fn is_echo_of(&self, message: &[u8]) -> bool {
        self.equal && self.bytes == message.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_an_echo_a_beginning_or_something_else() {
        for (reply, verdict) in [
            (&b"Hola Mundo!"[..], Verdict::Replied { echo: true }),
            (b"Hola", Verdict::Truncated { at: Cut::Peer, bytes: 4, true_bytes: 11 }),
            (b"Adios", Verdict::Replied { echo: false }),
            (b"Hola Mundo! Que tal?", Verdict::Replied { echo: false }),
        ] {
            assert_eq!(judge(&[reply]), verdict);
        }
    }

    #[test]
    fn parts_of_a_reply_are_judged_together() {
        assert_eq!(judge(&[b"Hola", b" ", b"Mundo!"]), Verdict::Replied { echo: true });
        assert_eq!(judge(&[b"Hola", b"Mundo!"]), Verdict::Replied { echo: false });
    }

    #[test]
    fn a_cut_datagram_is_told_with_its_true_length() {
        let mut reply = Reply::NONE;
        reply.take(b"Hola Mundo!", b"Hola", 11);

        let verdict = Verdict::of_reply(b"Hola Mundo!", &reply);

        assert_eq!(verdict, Verdict::Truncated { at: Cut::Recv, bytes: 4, true_bytes: 11 });
    }

    #[test]
    fn a_filter_is_told_apart_from_a_closed_port() {
        let report = |origin, kind, code| Report {
            errno: wire::errno::EHOSTUNREACH,
            origin,
            kind,
            code,
            info: 0,
            offender: None,
            destination: None,
            quote: Vec::new(),
        };

        assert!(matches!(Verdict::of_report(&report(Origin::Icmp, 3, 3)), Verdict::Refused { .. }));
        assert!(matches!(Verdict::of_report(&report(Origin::Icmp, 3, 13)), Verdict::Denied { .. }));
        assert!(matches!(Verdict::of_report(&report(Origin::Icmp6, 1, 1)), Verdict::Denied { .. }));
        assert!(matches!(Verdict::of_report(&report(Origin::Local, 0, 0)), Verdict::Refused { .. }));
    }

    #[test]
    fn an_error_of_this_side_is_no_verdict() {
        let error = |errno| io::Error::from_raw_os_error(errno);

        assert_eq!(Verdict::of_error(&error(wire::errno::EMFILE), Stage::Send), None);
        assert_eq!(Verdict::of_error(&error(wire::errno::EMSGSIZE), Stage::Send), None);
        assert!(Verdict::of_error(&error(wire::errno::ECONNREFUSED), Stage::Handshake).is_some());
    }

    fn judge(parts: &[&[u8]]) -> Verdict {
        let message = b"Hola Mundo!";
        let mut reply = Reply::NONE;
        for part in parts {
            reply.take(message, part, part.len());
        }
        Verdict::of_reply(message, &reply)
    }
}
