//! Turns the two Fluent files into the methods of `Words`, or fails the build when they do not say the same things.

#![expect(
    clippy::print_stdout,
    reason = "printing is how a build script speaks to cargo"
)]

mod catalogue;

use std::path::PathBuf;
use std::{env, fs};

use catalogue::Catalogue;

const ENGLISH: &str = "words/en.ftl";
const SPANISH: &str = "words/es.ftl";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build");
    let english = read(ENGLISH)?;
    let spanish = read(SPANISH)?;
    let problems = english.differences(&spanish);
    if !problems.is_empty() {
        let problems = problems.join("\n  ");
        return Err(format!("{ENGLISH} and {SPANISH} differ:\n  {problems}"));
    }
    let out_dir = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(
        PathBuf::from(out_dir).join("words.rs"),
        english.rust(&spanish),
    )
    .map_err(|error| format!("words.rs: {error}"))
}

fn read(path: &str) -> Result<Catalogue, String> {
    println!("cargo::rerun-if-changed={path}");
    let source = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Catalogue::parse(&source).map_err(|problem| format!("{path}: {problem}"))
}
