//! Exercises of the practical, and settings of a network's kernel.

use std::str::FromStr;

use lab::exercise::Exercise;

use super::ValueError;

/// Which exercises are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exercises {
    /// Every one that there is an experiment of.
    All,
    /// This one.
    One(Exercise),
}

impl FromStr for Exercises {
    type Err = ValueError;

    /// Reads `all` or a number of the practical.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text == "all" { Ok(Self::All) } else { exercise(text).map(Self::One) }
    }
}

/// Reads the number that an exercise has in the practical.
///
/// # Errors
///
/// [`ValueError::Exercise`].
pub(crate) fn exercise(text: &str) -> Result<Exercise, ValueError> {
    text.parse().map_err(|_| ValueError::Exercise)
}

/// Reads `net.NAME=VALUE`: a setting of the network's kernel, and what it is set to.
///
/// # Errors
///
/// [`ValueError::Sysctl`].
pub(crate) fn sysctl(text: &str) -> Result<(String, String), ValueError> {
    let (name, value) = text.split_once('=').ok_or(ValueError::Sysctl)?;
    let is_meant = name.starts_with("net.") && name.len() > "net.".len() && !value.is_empty();
    is_meant.then(|| (name.to_owned(), value.to_owned())).ok_or(ValueError::Sysctl)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_is_read_by_its_number() {
        assert_eq!("all".parse(), Ok(Exercises::All));
        assert_eq!("2.5.1".parse(), Ok(Exercises::One(Exercise::ListenBacklog)));
        assert_eq!("2.5".parse::<Exercises>(), Err(ValueError::Exercise));
        assert_eq!("ALL".parse::<Exercises>(), Err(ValueError::Exercise));
    }

    #[test]
    fn a_setting_is_one_of_the_network() {
        let (name, value) = ("net.ipv4.tcp_wmem".to_owned(), "4096 4096 4096".to_owned());
        assert_eq!(sysctl("net.ipv4.tcp_wmem=4096 4096 4096"), Ok((name, value)));
        for text in ["net.ipv4.x", "kernel.x=1", "net.=1", "net.x=", "="] {
            assert_eq!(sysctl(text), Err(ValueError::Sysctl), "{text}");
        }
    }
}
