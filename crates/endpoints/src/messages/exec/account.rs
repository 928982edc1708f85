//! Whose rights a command has, and the environment that follows from it: nothing of the server's own.

use std::ffi::CString;
use std::fs;

use super::policy::PATH;

/// The user that the server acts as, and so every command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    home: String,
}

impl Account {
    /// Finds a user in `/etc/passwd` (`passwd(5)`). One that only a directory service knows has a number for a name
    /// and the root for a home: to ask it takes the C library.
    pub(super) fn of(user: u32) -> Self {
        let bytes = fs::read("/etc/passwd").unwrap_or_default();
        Self::find(user, &String::from_utf8_lossy(&bytes))
    }

    fn find(user: u32, passwd: &str) -> Self {
        let found = passwd.lines().filter_map(parse_line).find(|(number, _)| *number == user);
        found.map_or_else(|| Self { name: user.to_string(), home: "/".to_owned() }, |(_, account)| account)
    }

    /// The home directory, or the root for a user without one.
    pub(super) fn home(&self) -> &str {
        &self.home
    }

    /// The whole environment of a command, as `NAME=value`.
    pub(super) fn environment(&self) -> Vec<CString> {
        let Self { name, home } = self;
        let variables =
            [("PATH", PATH), ("HOME", home), ("USER", name), ("LOGNAME", name), ("LANG", "C.UTF-8")];
        // A line of passwd(5) with a zero byte is no line, so none of them is left out.
        variables.iter().filter_map(|(name, value)| CString::new(format!("{name}={value}")).ok()).collect()
    }
}

fn parse_line(line: &str) -> Option<(u32, Account)> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, user, _, _, home, ..] = fields[..] else { return None };
    let home = if home.starts_with('/') { home } else { "/" };
    let is_line = !name.is_empty() && !line.contains('\0');
    is_line.then_some((user.parse().ok()?, Account { name: name.to_owned(), home: home.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n# people\nbroken:x:7\nana:x:1001:1001::/home/ana:/bin/sh\n\
                          anna:x:1001:1001::/home/anna:/bin/sh\nnull:x:9:9::\0:\nnone:x:8:8:::\n";

    #[test]
    fn a_number_is_its_first_line() {
        let ana = Account::find(1001, PASSWD);

        assert_eq!(ana, Account { name: "ana".to_owned(), home: "/home/ana".to_owned() });
    }

    #[test]
    fn who_has_no_line_or_no_home_is_at_the_root() {
        for (user, name) in [(1234, "1234"), (7, "7"), (8, "none"), (9, "9")] {
            let found = Account::find(user, PASSWD);
            assert_eq!((found.name.as_str(), found.home()), (name, "/"));
        }
    }

    #[test]
    fn the_environment_is_five_variables() {
        let environment = Account::find(0, PASSWD).environment();

        let expected = [
            c"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            c"HOME=/root",
            c"USER=root",
            c"LOGNAME=root",
            c"LANG=C.UTF-8",
        ];
        assert_eq!(environment, expected.map(ToOwned::to_owned));
    }
}
