//! Codes: why a session was refused, and what came of a stream.

use std::fmt;

/// Defines an enum of one byte that keeps the values it has no name for.
macro_rules! codes {
    ($(#[$about:meta])* $code:ident, $unknown:literal: $($number:literal $name:ident $text:literal $what:literal)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $code {
            $(#[doc = $what] $name,)*
            /// A number that this version of the protocol gives no meaning: a failure.
            Unknown(u8),
        }

        impl From<u8> for $code {
            fn from(number: u8) -> Self {
                match number {
                    $($number => Self::$name,)*
                    _ => Self::Unknown(number),
                }
            }
        }

        impl From<$code> for u8 {
            fn from(code: $code) -> Self {
                match code {
                    $($code::$name => $number,)*
                    $code::Unknown(number) => number,
                }
            }
        }

        impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.pad($text),)*
                    Self::Unknown(number) => f.pad(&format!(concat!($unknown, "_???({})"), number)),
                }
            }
        }
    };
}

codes! {
    /// Why there is no session: `docs/protocol.md` §3.1.
    Refusal, "refusal":
    1 Key "key" "No such key, or not its secret: the two are not told apart."
    2 Plain "plain" "Plain sessions are not served."
    3 Busy "busy" "The server has as many sessions as it takes."
    4 Stopping "stopping" "The server is stopping."
    5 Malformed "malformed" "The opening was malformed, or of another version."
}

codes! {
    /// What came of a stream: `docs/protocol.md` §5.
    ResultCode, "result":
    0 Done "done" "What was asked for is done."
    1 Denied "denied" "The key has no such grant."
    2 Command "command" "The key may not run this command."
    3 Name "name" "The name was refused, or is taken."
    4 TooLarge "too_large" "It is too large, or the quota is full."
    5 Mismatch "mismatch" "The bytes that came have another hash."
    6 Busy "busy" "There are too many of these already, or the client was too slow."
    7 Cancelled "cancelled" "The client asked for its end."
    8 Malformed "malformed" "What the client sent was not to be understood."
    9 Unsupported "unsupported" "The server does not know what was asked for."
    10 Failed "failed" "The server's system said no."
    11 Stopping "stopping" "The server is stopping."
    12 Superseded "superseded" "The same transfer came again and took its place."
    13 Repeated "repeated" "This request has been run before."
}

codes! {
    /// Why a command ended when it did: `docs/protocol.md` §5.4.
    Why, "why":
    0 Itself "itself" "It ended by itself."
    1 TimeLimit "time_limit" "It ran longer than it may."
    2 OutputLimit "output_limit" "It wrote more than it may."
    3 Cancelled "cancelled" "The client asked for its end, or is gone."
    4 Stopping "stopping" "The server is stopping."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives() {
        for number in 0..=u8::MAX {
            assert_eq!(u8::from(Refusal::from(number)), number);
            assert_eq!(u8::from(ResultCode::from(number)), number);
            assert_eq!(u8::from(Why::from(number)), number);
        }
        assert_eq!(ResultCode::from(200).to_string(), "result_???(200)");
        assert_eq!(Refusal::from(0).to_string(), "refusal_???(0)");
    }

    #[test]
    fn the_codes_are_those_of_the_page() {
        assert_eq!(Refusal::from(1), Refusal::Key);
        assert_eq!(Refusal::from(5), Refusal::Malformed);
        assert_eq!(ResultCode::from(4), ResultCode::TooLarge);
        assert_eq!(ResultCode::from(13), ResultCode::Repeated);
        assert_eq!(Why::from(4), Why::Stopping);
    }
}
