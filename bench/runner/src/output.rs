//! The files that a run leaves, all relative to the project's root.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::docs;

/// Folder of results and logs; it is not part of the repository.
const OUT: &str = "bench/out";
/// The document of the product that shows the figures.
const DOCS: &str = "docs/performance.md";
/// The document when there is none yet.
const DOCS_NEW: &str = "# Performance\n\nMeasured by `bench/run`; `bench/README.md` says how to read it.\n";

/// Makes the folders.
///
/// # Errors
/// When they cannot be made, as anywhere else than in the project's root.
pub(crate) fn prepare() -> io::Result<()> {
    if !Path::new("bench/peers/python").is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "run it by bench/run, from the project's root"));
    }
    fs::create_dir_all(logs())
}

/// Where all that is measured writes its errors.
pub(crate) fn logs() -> PathBuf {
    Path::new(OUT).join("logs")
}

/// Where the server called `name` writes its errors.
pub(crate) fn log_path(name: &str) -> PathBuf {
    logs().join(name).with_extension("log")
}

/// Prints a report and writes it as Markdown and JSON, and into the documentation when asked to.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(name: &str, markdown: &str, report: &impl Serialize, write_docs: bool) -> io::Result<()> {
    println!("{markdown}");
    let path = Path::new(OUT).join(name);
    fs::write(path.with_extension("md"), markdown)?;
    fs::write(path.with_extension("json"), serde_json::to_string_pretty(report)? + "\n")?;
    if write_docs {
        write_section(name, markdown)?;
    }
    Ok(())
}

fn write_section(name: &str, markdown: &str) -> io::Result<()> {
    let document = match fs::read_to_string(DOCS) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => DOCS_NEW.to_owned(),
        result => result?,
    };
    if let Some(folder) = Path::new(DOCS).parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(DOCS, docs::replace_section(&document, name, markdown))
}
