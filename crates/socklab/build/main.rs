//! Turns the two Fluent files into the methods of `Words`, or fails the build when they do not say the same things.

#![expect(clippy::print_stdout, reason = "printing is how a build script speaks to cargo")]

mod catalogue;

use std::path::PathBuf;
use std::{env, fs};

use catalogue::Catalogue;

fn main() {
    println!("cargo::rerun-if-changed=build");
    if let Err(problems) = write_words() {
        for problem in problems {
            println!("cargo::error={problem}");
        }
    }
}

fn write_words() -> Result<(), Vec<String>> {
    let english = read("words/en.ftl")?;
    let spanish = read("words/es.ftl")?;
    let differences = english.differences(&spanish);
    if !differences.is_empty() {
        return Err(differences);
    }
    let out_dir = env::var_os("OUT_DIR").ok_or(["cargo sets OUT_DIR".to_owned()])?;
    let path = PathBuf::from(out_dir).join("words.rs");
    fs::write(path, english.rust(&spanish)).map_err(|error| vec![format!("words.rs: {error}")])
}

fn read(path: &str) -> Result<Catalogue, Vec<String>> {
    println!("cargo::rerun-if-changed={path}");
    let source = fs::read_to_string(path).map_err(|error| vec![format!("{path}: {error}")])?;
    Catalogue::parse(&source).map_err(|problem| vec![format!("{path}: {problem}")])
}
