//! What copies a file from one process to another, and how each is started.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::{Serialize, Serializer};

use crate::peer::Program;

/// A way to copy a file by a connection. Its lines are the shell's; they find in the environment
///
/// - `$SOCKLAB`, the program under test,
/// - `$PORT`, where the receiver listens on 127.0.0.1,
///
/// and in the directory that they run in
///
/// - `source`, the file to copy,
/// - `key` and `keys`, the sender's key of socklab and the receiver's list of keys,
/// - `cert.pem` and `cert-key.pem`, a certificate.
pub(super) struct Copier {
    /// Name in tables and for `--server`.
    pub(super) name: &'static str,
    program: Program,
    which: Which,
    receiver: &'static str,
    sender: &'static str,
    /// Where the copy is then.
    pub(super) copy: &'static str,
    /// Whether the receiver ends after the copy, and is waited for, or goes on.
    pub(super) receiver_ends: bool,
}

/// Which of two programs under test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    New,
    Other,
}

/// The programs under test.
pub(super) struct Socklabs {
    /// The one that the others are compared with.
    pub(super) new: PathBuf,
    /// Another build of it.
    pub(super) other: Option<PathBuf>,
}

const SERVE_SEALED: &str =
    r#"exec "$SOCKLAB" serve --bind 127.0.0.1 --port "$PORT" --keys keys --inbox inbox"#;
const SERVE_PLAIN: &str = r#"exec "$SOCKLAB" serve --bind 127.0.0.1 --port "$PORT" --plain --inbox inbox"#;
const SEND_SEALED: &str = r#"exec "$SOCKLAB" send "127.0.0.1:$PORT" --key key --file source"#;
const SEND_UDP: &str = r#"exec "$SOCKLAB" send "127.0.0.1:$PORT" --udp --key key --file source"#;
const SEND_PLAIN: &str = r#"exec "$SOCKLAB" send "127.0.0.1:$PORT" --file source"#;

/// Every copier, in the order of the tables; the first is what the ratios refer to.
///
/// Nobody is tuned. `s_server` gets a pipe as its input, which never says anything: it would spin at an end of file.
pub(super) const COPIERS: [Copier; 10] = [
    socklab("socklab-sealed", Which::New, SERVE_SEALED, SEND_SEALED),
    socklab("socklab-plain", Which::New, SERVE_PLAIN, SEND_PLAIN),
    socklab("socklab-udp", Which::New, SERVE_SEALED, SEND_UDP),
    socklab("other-sealed", Which::Other, SERVE_SEALED, SEND_SEALED),
    socklab("other-plain", Which::Other, SERVE_PLAIN, SEND_PLAIN),
    installed(
        "nc",
        "nc",
        r#"exec nc -l 127.0.0.1 "$PORT" > copy"#,
        r#"exec nc -N 127.0.0.1 "$PORT" < source"#,
    ),
    installed(
        "nc, hash, sync",
        "nc",
        r#"nc -l 127.0.0.1 "$PORT" > copy && sync copy && openssl dgst -sha256 copy > sum"#,
        r#"openssl dgst -sha256 source > sum-there & nc -N 127.0.0.1 "$PORT" < source && wait"#,
    ),
    installed(
        "ncat",
        "ncat",
        r#"exec ncat -l --recv-only 127.0.0.1 "$PORT" > copy"#,
        r#"exec ncat --send-only 127.0.0.1 "$PORT" < source"#,
    ),
    installed(
        "openssl",
        "openssl",
        r#"exec openssl s_server -accept "127.0.0.1:$PORT" -naccept 1 -tls1_3 -quiet -cert cert.pem -key cert-key.pem > copy"#,
        r#"exec openssl s_client -connect "127.0.0.1:$PORT" -tls1_3 -quiet -no_ign_eof -nocommands < source"#,
    ),
    installed(
        "openssl, ChaCha20",
        "openssl",
        r#"exec openssl s_server -accept "127.0.0.1:$PORT" -naccept 1 -tls1_3 -quiet -cert cert.pem -key cert-key.pem > copy"#,
        r#"exec openssl s_client -connect "127.0.0.1:$PORT" -tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256 -quiet -no_ign_eof -nocommands < source"#,
    ),
];

const fn socklab(name: &'static str, which: Which, receiver: &'static str, sender: &'static str) -> Copier {
    let (program, copy) = (Program::Socklab, "inbox/source");
    Copier { name, program, which, receiver, sender, copy, receiver_ends: false }
}

const fn installed(
    name: &'static str,
    program: &'static str,
    receiver: &'static str,
    sender: &'static str,
) -> Copier {
    let (program, which) = (Program::Installed(program), Which::New);
    Copier { name, program, which, receiver, sender, copy: "copy", receiver_ends: true }
}

impl Copier {
    /// The commands of receiver and sender, to be run in `directory`.
    ///
    /// # Errors
    /// A sentence for the table: the program is not installed or not built.
    pub(super) fn commands(
        &self,
        socklabs: &Socklabs,
        directory: &Path,
        port: u16,
    ) -> Result<(Command, Command), String> {
        let socklab = match self.which {
            Which::New => &socklabs.new,
            Which::Other => socklabs.other.as_ref().ok_or("there is no other build")?,
        };
        self.program.locate(socklab)?;
        let socklab = std::path::absolute(socklab).map_err(|error| error.to_string())?;
        let line = |line: &str| {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", line]).current_dir(directory).env("SOCKLAB", &socklab);
            command.env("PORT", port.to_string()).stdout(Stdio::null());
            command
        };
        let (mut receiver, mut sender) = (line(self.receiver), line(self.sender));
        receiver.stdin(Stdio::piped());
        sender.stdin(Stdio::null());
        Ok((receiver, sender))
    }
}

/// A copier is written as its name.
impl Serialize for Copier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// The copiers called `names`, or all when there are none; those of another build only if there is one.
///
/// # Errors
/// When a name is unknown.
pub(super) fn select(names: &[String], socklabs: &Socklabs) -> io::Result<Vec<&'static Copier>> {
    let known: Vec<&str> = COPIERS.iter().map(|copier| copier.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let message = format!("nothing that copies is called {unknown:?}; there are {}", known.join(", "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let is_there = |copier: &&Copier| copier.which == Which::New || socklabs.other.is_some();
    let is_wanted = |copier: &&Copier| names.is_empty() || names.iter().any(|name| name == copier.name);
    Ok(COPIERS.iter().filter(is_there).filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_build_has_rows_only_when_there_is_one() {
        let mut socklabs = Socklabs { new: "a".into(), other: None };
        assert_eq!(select(&[], &socklabs).map(|all| all.len()).ok(), Some(COPIERS.len() - 2));
        socklabs.other = Some("b".into());
        assert_eq!(select(&[], &socklabs).map(|all| all.len()).ok(), Some(COPIERS.len()));
    }

    #[test]
    fn only_known_copiers_can_be_selected() {
        let socklabs = Socklabs { new: "a".into(), other: None };
        assert_eq!(select(&["nc".into()], &socklabs).map(|all| all[0].name).ok(), Some("nc"));
        assert!(select(&["scp".into()], &socklabs).is_err());
    }

    #[test]
    fn a_copier_says_why_it_cannot_be_started() {
        let socklabs = Socklabs { new: "no/such/socklab".into(), other: None };
        let why = |index: usize| COPIERS[index].commands(&socklabs, Path::new("/"), 1).err();
        assert_eq!(why(0).as_deref(), Some("socklab is not built"));
        assert_eq!(why(3).as_deref(), Some("there is no other build"));
    }
}
