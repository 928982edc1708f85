//! `socklab extcap`: a capture interface for Wireshark, whose packets and calls are those of a command (`extcap(4)`).
//!
//! Wireshark runs it several times: to ask which interfaces there are, what they give and what may be set, and then to capture
//! into a fifo. What it reads are sentences of its own, in no language of people but for the names that it shows.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli;
use crate::commands;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::words::Words;

/// The name of the one interface.
const INTERFACE: &str = "socklab";
/// What it gives (`LINKTYPE_ETHERNET`).
const LINK: &str = "dlt {number=1}{name=EN10MB}{display=Ethernet}";
/// Where Wireshark 4.2 and later look for a person's own, from their home.
const PLACE: &str = ".local/lib/wireshark/extcap";
const EXECUTABLE: u32 = 0o755;

/// The flags that Wireshark gives, by its names, and ours.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(crate) struct Args {
    #[arg(long)]
    install: bool,
    #[arg(long)]
    extcap_interfaces: bool,
    #[arg(long)]
    extcap_version: Option<String>,
    #[arg(long)]
    extcap_interface: Option<String>,
    #[arg(long)]
    extcap_dlts: bool,
    #[arg(long)]
    extcap_config: bool,
    #[arg(long)]
    extcap_capture_filter: Option<String>,
    #[arg(long, requires_all = ["fifo", "command"])]
    capture: bool,
    #[arg(long)]
    fifo: Option<PathBuf>,
    #[arg(long)]
    server: Option<OsString>,
    #[arg(long)]
    command: Option<OsString>,
}

/// Answers Wireshark, captures for it, or makes it find us.
///
/// # Errors
///
/// A failure of usage: what keeps the command from being traced, or the script from being written.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    if args.install {
        let path = install(words)?;
        terminal::print_lines(words, &[words.extcap_installed(path.display())])?;
        return Ok(Exit::Done);
    }
    if let (true, Some(fifo), Some(command)) = (args.capture, &args.fifo, &args.command) {
        return capture(fifo, args.server.as_ref(), command, context);
    }
    terminal::print_lines(words, &answer(args, words))?;
    Ok(Exit::Done)
}

/// What Wireshark is told.
fn answer(args: &Args, words: &Words) -> Vec<String> {
    if args.extcap_dlts {
        return vec![LINK.to_owned()];
    }
    if args.extcap_config {
        let field = |number: u8, flag: &str, display: String, tip: String, required: bool| {
            format!(
                "arg {{number={number}}}{{call=--{flag}}}{{display={display}}}{{type=string}}{{tooltip={tip}}}\
                 {{required={required}}}"
            )
        };
        return vec![
            field(0, "command", words.extcap_command(), words.extcap_command_tip(), true),
            field(1, "server", words.extcap_server(), words.extcap_server_tip(), false),
        ];
    }
    vec![
        format!("extcap {{version={}}}{{display=socklab}}", env!("CARGO_PKG_VERSION")),
        format!("interface {{value={INTERFACE}}}{{display={}}}", words.extcap_interface()),
    ]
}

/// Traces a command of the shell, and before it a server if there is one, into the fifo.
fn capture(
    fifo: &Path,
    server: Option<&OsString>,
    command: &OsString,
    context: &Context,
) -> Result<Exit, Failure> {
    let mut line: Vec<OsString> = ["socklab", "trace", "--quiet", "--pcapng"].map(Into::into).into();
    line.push(fifo.into());
    let shell = |name: &str, command: &OsString| -> Vec<OsString> {
        let before = ["--as", name, "--", "sh", "-c"].map(OsString::from);
        before.into_iter().chain([command.clone()]).collect()
    };
    line.extend(server.map(|server| shell("server", server)).unwrap_or_default());
    line.extend(shell("command", command));
    let parsed =
        cli::parse(&line, &context.words).map_err(|error| Failure::internal(&context.words, error))?;
    let context = Context { words: Words::new(context.words.lang()), quiet: true, ..*context };
    commands::run(&parsed.verb, &context)
}

/// Writes the script that Wireshark runs, over an older one, and returns its path.
fn install(words: &Words) -> Result<PathBuf, Failure> {
    let homeless = || Failure::new(Exit::Usage, words.dissector_no_home()).hint(words.hint_extcap());
    let home = env::home_dir().filter(|home| home.is_absolute()).ok_or_else(homeless)?;
    let place = home.join(PLACE);
    let path = place.join(INTERFACE);
    let failed = |call, object: &Path, error| {
        Failure::system(words, Exit::Usage, call, object.display(), &error).hint(words.hint_extcap())
    };
    let own = env::current_exe().map_err(|error| failed("readlink", Path::new("/proc/self/exe"), error))?;
    fs::create_dir_all(&place).map_err(|error| failed("mkdir", &place, error))?;
    fs::write(&path, script(&own)).map_err(|error| failed("write", &path, error))?;
    let executable = fs::Permissions::from_mode(EXECUTABLE);
    fs::set_permissions(&path, executable).map_err(|error| failed("chmod", &path, error))?;
    Ok(path)
}

/// The script: this program, with what Wireshark says.
fn script(own: &Path) -> String {
    let quoted = own.display().to_string().replace('\'', r"'\''");
    format!("#!/bin/sh\nexec '{quoted}' extcap \"$@\"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_this_program_is_quoted_for_the_shell() {
        let script = script(Path::new("/home/ana's/socklab"));

        assert_eq!(script, "#!/bin/sh\nexec '/home/ana'\\''s/socklab' extcap \"$@\"\n");
    }
}
