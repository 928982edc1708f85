//! Whose a piece of Python code is.

/// The smaller, the more it is the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// The program's.
    Own,
    /// Something that was installed beside Python's library.
    Installed,
    /// Python's library.
    Library,
    /// What of that library only passes calls on.
    Plumbing,
}

/// Files of the library that pass calls on.
const PLUMBING: [&str; 3] = ["selectors.py", "socket.py", "ssl.py"];

/// Parts of the paths of what was installed.
const INSTALLED: [&str; 2] = ["/site-packages/", "/dist-packages/"];

impl Whose {
    /// Whose the code of a file is, for a Python whose library is in this directory. The same as `whose` in `_socklab_lines.py` says.
    pub(super) fn of(file: &str, library: &str) -> Self {
        let in_library = file.strip_prefix(library).and_then(|rest| rest.strip_prefix('/'));
        if file.starts_with("<frozen") || in_library.is_some_and(|name| PLUMBING.contains(&name)) {
            Self::Plumbing
        } else if INSTALLED.iter().any(|part| file.contains(part)) {
            Self::Installed
        } else if in_library.is_some() {
            Self::Library
        } else {
            Self::Own
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_by_where_its_file_is() {
        let whose = |file: &str| Whose::of(file, "/usr/lib/python3.11");

        assert_eq!(whose("/home/ana/client.py"), Whose::Own);
        assert_eq!(whose("<string>"), Whose::Own);
        assert_eq!(whose("/usr/lib/python3.11x/a.py"), Whose::Own);
        assert_eq!(whose("/usr/lib/python3.11/site-packages/requests/api.py"), Whose::Installed);
        assert_eq!(whose("/usr/lib/python3.11/http/client.py"), Whose::Library);
        assert_eq!(whose("/usr/lib/python3.11/http/socket.py"), Whose::Library);
        assert_eq!(whose("/usr/lib/python3.11/socket.py"), Whose::Plumbing);
        assert_eq!(whose("<frozen importlib._bootstrap>"), Whose::Plumbing);
    }
}
