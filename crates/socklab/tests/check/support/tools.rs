//! What programs of several languages need to be started.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Makes a program of a file, in that directory, and returns how it is started there; `None` if the tool is missing.
pub(crate) fn made(file: &Path, directory: &Path) -> Option<Vec<String>> {
    let name = file.file_name().unwrap().to_str().unwrap();
    match file.extension().unwrap().to_str().unwrap() {
        "py" => interpreted("python3", file, directory),
        "js" => interpreted("node", file, directory),
        "c" => {
            let program = directory.join("program");
            let arguments = ["-O1", "-o", program.to_str().unwrap(), file.to_str().unwrap()];
            tool("cc", &arguments).map(|()| vec!["./program".to_owned()])
        }
        "java" => {
            tool("javac", &["-d", directory.to_str().unwrap(), file.to_str().unwrap()])?;
            let class = name.trim_end_matches(".java").to_owned();
            Some(
                ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
                    .map(str::to_owned)
                    .into_iter()
                    .chain([class])
                    .collect(),
            )
        }
        other => panic!("{name}: nothing is known of .{other}"),
    }
}

fn interpreted(interpreter: &str, file: &Path, directory: &Path) -> Option<Vec<String>> {
    let name = file.file_name().unwrap();
    fs::copy(file, directory.join(name)).unwrap();
    find(interpreter).map(|_| vec![interpreter.to_owned(), name.to_str().unwrap().to_owned()])
}

fn tool(name: &str, arguments: &[&str]) -> Option<()> {
    let program = find(name)?;
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Some(())
}

/// Where a tool is; if it is nowhere, says so, or fails where all of them are required.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let directories = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&directories).map(|directory| directory.join(name)).find(|path| path.exists());
    if found.is_none() {
        let is_required = std::env::var_os("SOCKLAB_REQUIRE_TOOLS").is_some();
        assert!(!is_required, "{name} is missing");
        let _ = writeln!(io::stderr(), "SKIP: {name} is missing");
    }
    found
}
