//! Tests that need a system of their own: they run a second time, in namespaces that a script has prepared.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use crate::skip::skip;

/// Runs a test again in new namespaces (the options of `unshare(1)`), after a script that prepares them; it knows that it is there by a
/// variable of the environment. `what` is what it is left out as where there can be none.
pub(crate) fn again(
    what: &str,
    test: &str,
    namespaces: &[&str],
    (variable, value): (&str, impl AsRef<OsStr>),
    script: &str,
) {
    let script = format!("{script} || exit 77; exec \"$0\" --exact {test}");
    let mut command = Command::new("unshare");
    command.args(namespaces).args(["--", "sh", "-c", &script]).arg(env::current_exe().unwrap());
    match command.env(variable, value).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}", String::from_utf8_lossy(&output.stdout))
        }
        Ok(output) => skip(what, &String::from_utf8_lossy(&output.stderr)),
        Err(error) => skip(what, &format!("unshare: {error}")),
    }
}
