//! Which commands the holder of a key may run.

use super::COMMANDS_MAX;

/// What `EXEC` may name. It counts only beside [`Grant::Exec`](super::Grant::Exec).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// The commands.
    pub named: Named,
    /// Whether `EXEC` may pass a line to `/bin/sh -c`, which can run anything.
    pub shell: bool,
}

/// The commands that a key names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Named {
    /// None.
    #[default]
    None,
    /// These, as `EXEC` must write them; at most [`COMMANDS_MAX`].
    List(Vec<String>),
    /// Any.
    Any,
}

impl Named {
    /// Whether a command may be run by this name, which must be the same byte for byte.
    pub fn allows(&self, command: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::List(commands) => commands.iter().any(|it| it.as_bytes() == command),
            Self::Any => true,
        }
    }

    /// Reads what a list has after `commands=`: `*`, or names with commas between them. None if a name is empty or has a
    /// space, if `*` is not alone, or if they are too many.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let commands: Vec<_> = text.split(',').take(COMMANDS_MAX + 1).map(str::to_owned).collect();
        let is_good = commands.len() <= COMMANDS_MAX && commands.iter().all(|it| is_command(it));
        is_good.then_some(Self::List(commands))
    }

    /// What stands after `commands=`; none where that must not stand.
    pub(super) fn to_text(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::List(commands) => Some(commands.join(",")),
            Self::Any => Some("*".to_owned()),
        }
    }
}

/// Whether a list can name this command: one with a comma or a space cannot be told from several.
fn is_command(text: &str) -> bool {
    !text.is_empty()
        && text != "*"
        && !text.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_commands_byte_for_byte() {
        let named = Named::parse("uptime,/usr/bin/date").unwrap();

        for command in ["uptime", "/usr/bin/date"] {
            assert!(named.allows(command.as_bytes()), "{command}");
        }
        for command in
            ["", "date", "uptime ", "./uptime", "UPTIME", "/usr/bin/../bin/date", "uptime,/usr/bin/date"]
        {
            assert!(!named.allows(command.as_bytes()), "{command}");
        }
    }

    #[test]
    fn a_star_names_any_command_and_no_list_names_none() {
        assert!(Named::parse("*").unwrap().allows(b"anything"));
        assert!(!Named::None.allows(b"anything") && !Named::None.allows(b""));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", ",", "a,", ",a", "a,,b", "*,a", "a,*", "a\u{7f}", "a\u{a0}b"] {
            assert_eq!(Named::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_has_a_maximum() {
        let commands = |count| vec!["a"; count].join(",");

        assert!(Named::parse(&commands(COMMANDS_MAX)).is_some());
        assert_eq!(Named::parse(&commands(COMMANDS_MAX + 1)), None);
    }
}
