//! What the product is built from, by `cargo metadata`, held against `deny.toml`.
//!
//! `cargo deny check` reads the same file and knows more, security advisories above all; this needs no other program
//! and no network.

use std::process::Command;

use serde_json::Value;

use crate::sources::{read, root};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn every_licence_is_one_that_we_may_accept() {
    let accepted = list("licenses", "allow");
    for package in all() {
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{} has none", name(&package)));
        assert!(is_accepted(licence, &accepted), "{}: {licence}", name(&package));
    }
}

#[test]
fn every_licence_that_we_accept_is_needed() {
    let accepted = list("licenses", "allow");
    for licence in &accepted {
        let others: Vec<_> = accepted.iter().filter(|it| *it != licence).cloned().collect();
        let needs = |package: &Value| !is_accepted(package["license"].as_str().unwrap(), &others);
        assert!(all().iter().any(needs), "nothing needs {licence}");
    }
}

#[test]
fn everything_comes_from_crates_io_or_from_here() {
    for package in all() {
        let source = &package["source"];
        assert!(source.is_null() || source == REGISTRY, "{} from {source}", name(&package));
    }
}

#[test]
fn nothing_needs_a_library_or_a_compiler_of_c() {
    let banned = list("bans", "deny");
    for package in all() {
        assert!(package["links"].is_null(), "{} links {}", name(&package), package["links"]);
        assert!(!banned.contains(&name(&package).to_owned()), "{} is banned", name(&package));
    }
}

#[test]
fn nothing_needs_a_newer_compiler_than_we_promise() {
    let version = |package: &Value| -> Vec<u32> {
        let text = package["rust_version"].as_str().unwrap_or("1.0");
        text.split('.').map(|part| part.parse().unwrap()).collect()
    };
    let (ours, others): (Vec<_>, Vec<_>) = all().into_iter().partition(|it| it["source"].is_null());
    let promised = version(&ours[0]);
    for package in others {
        assert!(version(&package) <= promised, "{} needs {}", name(&package), package["rust_version"]);
    }
}

#[test]
fn an_expression_of_licences_is_read_as_spdx_means_it() {
    let accepted = ["MIT".to_owned(), "Zlib".to_owned()];
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND Zlib", "X WITH Y OR MIT"] {
        assert!(is_accepted(good, &accepted), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "MIT AND (X OR Y)", "MIT WITH Y", "", "X OR MIT AND Y"] {
        assert!(!is_accepted(bad, &accepted), "{bad}");
    }
}

/// Every package that a build for Linux may use, our own included.
pub(crate) fn all() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// Says whether a licence expression can be met. `AND` binds closer than `OR`; a licence with an exception, which
/// `WITH` adds, is another licence; the old `/` is an `OR`; parentheses do not nest.
fn is_accepted(expression: &str, accepted: &[String]) -> bool {
    if let Some((before, rest)) = expression.split_once('(') {
        let (inner, after) = rest.split_once(')').unwrap_or((rest, ""));
        let value = if is_accepted(inner, accepted) { &accepted[0] } else { "none" };
        return is_accepted(&format!("{before}{value}{after}"), accepted);
    }
    let expression = expression.replace('/', " OR ");
    let is_one = |licence: &str| accepted.iter().any(|it| it == licence.trim());
    expression.split(" OR ").any(|all_of| all_of.split(" AND ").all(is_one))
}

/// The strings of a list of `deny.toml`, which has one a line.
fn list(section: &str, key: &str) -> Vec<String> {
    let text = read("deny.toml");
    text.lines()
        .skip_while(|line| *line != format!("[{section}]"))
        .skip_while(|line| *line != format!("{key} = ["))
        .skip(1)
        .take_while(|line| *line != "]")
        .filter_map(|line| Some(line.split_once('"')?.1.split_once('"')?.0.to_owned()))
        .collect()
}
