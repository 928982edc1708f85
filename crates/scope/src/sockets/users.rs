//! Names of users, as `passwd(5)` has them.

use std::collections::HashMap;
use std::fs;

use serde::Serialize;

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    /// The number that the kernel knows.
    pub uid: u32,
    /// The name, if `/etc/passwd` has one.
    pub name: Option<String>,
}

/// The names that `/etc/passwd` gives to user numbers.
///
/// Users that only a directory service knows (`nsswitch.conf(5)`) have no name here: to ask it takes the C library.
#[derive(Debug, Default)]
pub(super) struct Users {
    names: HashMap<u32, String>,
}

impl Users {
    /// Reads `/etc/passwd`; without it, users have numbers only.
    pub(super) fn read() -> Self {
        let bytes = fs::read("/etc/passwd").unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&bytes))
    }

    /// Reads lines of `name:password:uid:...`, skipping any other. The first name of a number counts, as for
    /// `getpwuid(3)`.
    pub(super) fn parse(passwd: &str) -> Self {
        let mut users = Self::default();
        for (uid, name) in passwd.lines().filter_map(parse_line) {
            users.names.entry(uid).or_insert_with(|| name.to_owned());
        }
        users
    }

    pub(super) fn user(&self, uid: u32) -> User {
        User { uid, name: self.names.get(&uid).cloned() }
    }
}

fn parse_line(line: &str) -> Option<(u32, &str)> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let uid = fields.nth(1)?.parse().ok()?;
    Some((uid, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_first_name() {
        let users = Users::parse("root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n");

        assert_eq!(users.user(0).name.as_deref(), Some("root"));
    }

    #[test]
    fn lines_that_are_no_users_are_skipped() {
        let users = Users::parse("# people\n\n+::::::\nana:x:1001:1001::/home/ana:/bin/sh\nbroken:x\n");

        assert_eq!(users.user(1001).name.as_deref(), Some("ana"));
        assert_eq!(users.names.len(), 1);
    }

    #[test]
    fn a_number_without_a_name_keeps_its_number() {
        let user = Users::default().user(1234);

        assert_eq!((user.uid, user.name), (1234, None));
    }
}
