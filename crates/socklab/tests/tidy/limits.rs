//! Every limit that the sources name, `*_MAX`, stands in `docs/limits.md` with its value, and the other way round.

use std::collections::BTreeMap;

use crate::sources::{Source, product, read};

#[test]
fn every_limit_is_documented_with_its_value() {
    let (stated, documented) = (stated(), documented());
    let rows = |limits: &BTreeMap<String, String>, others: &BTreeMap<String, String>| {
        let differ = limits.iter().filter(|(name, value)| others.get(*name) != Some(value));
        differ.map(|(name, value)| format!("| `{name}` | {value} |")).collect::<Vec<_>>()
    };
    let (missing, invented) = (rows(&stated, &documented), rows(&documented, &stated));
    assert!(missing.is_empty(), "docs/limits.md lacks\n{}", missing.join("\n"));
    assert!(invented.is_empty(), "docs/limits.md has, and no source does\n{}", invented.join("\n"));
}

#[test]
fn values_are_read_as_the_compiler_does() {
    let none = BTreeMap::new();
    let named = BTreeMap::from([("SETS", "128"), ("WAYS", "4")]);
    for (source, expected) in [
        ("65_536", "65,536"),
        ("4 << 20", "4,194,304"),
        ("16 * 1024", "16,384"),
        ("24 * 60 * 60", "86,400"),
        ("Duration::from_secs(24 * 60 * 60)", "86,400 s"),
        ("Duration::from_millis(1280)", "1,280 ms"),
    ] {
        assert_eq!(value(source, &none).as_deref(), Some(expected), "{source}");
    }
    assert_eq!(value("SETS * WAYS", &named).as_deref(), Some("512"));
    assert_eq!(value("SETS + 1", &named), None);
}

/// The limits of the sources: `endpoints::events::EVENTS_MAX` and `16,384`.
fn stated() -> BTreeMap<String, String> {
    let mut limits = BTreeMap::new();
    for source in product() {
        let constants: BTreeMap<&str, &str> = source.code().filter_map(constant).collect();
        for (name, expression) in constants.iter().filter(|(name, _)| name.ends_with("_MAX")) {
            let name = format!("{}::{name}", module(&source));
            let value = value(expression, &constants);
            limits.insert(name, value.unwrap_or_else(|| panic!("cannot read {expression}")));
        }
    }
    limits
}

/// The rows of `docs/limits.md`: the first cell and the second one.
fn documented() -> BTreeMap<String, String> {
    let row = |line: &str| {
        let (name, rest) = line.strip_prefix("| `")?.split_once("` |")?;
        Some((name.to_owned(), rest.split_once('|')?.0.trim().to_owned()))
    };
    read("docs/limits.md").lines().filter_map(row).collect()
}

/// The name and the expression of a constant that stands on one line.
fn constant(line: &str) -> Option<(&str, &str)> {
    let (before, after) = line.trim().strip_suffix(';')?.split_once("const ")?;
    let is_constant = before.is_empty() || before.starts_with("pub");
    let (declaration, expression) = after.split_once(" = ")?;
    let (name, _kind) = declaration.split_once(':')?;
    is_constant.then_some((name, expression))
}

/// The path of the module that a file is: `crates/endpoints/src/echo/config.rs` is `endpoints::echo::config`.
fn module(source: &Source) -> String {
    let parts = source.path.trim_start_matches("crates/").trim_end_matches(".rs").split('/');
    let parts: Vec<_> = parts.filter(|part| !["src", "mod", "lib", "main"].contains(part)).collect();
    parts.join("::")
}

/// Reads an expression as limits are written: a number, a shift, a product, a time, or another constant of the file.
fn value(expression: &str, constants: &BTreeMap<&str, &str>) -> Option<String> {
    for (prefix, unit) in [("Duration::from_secs(", "s"), ("Duration::from_millis(", "ms")] {
        if let Some(inner) = expression.strip_prefix(prefix) {
            return Some(format!("{} {unit}", value(inner.strip_suffix(')')?, constants)?));
        }
    }
    Some(with_commas(number(expression, constants)?))
}

fn number(expression: &str, constants: &BTreeMap<&str, &str>) -> Option<u64> {
    if let Some((left, right)) = expression.rsplit_once(" << ") {
        return Some(number(left, constants)? << number(right, constants)?);
    }
    if let Some((left, right)) = expression.rsplit_once(" * ") {
        return Some(number(left, constants)? * number(right, constants)?);
    }
    match constants.get(expression) {
        Some(other) => number(other, constants),
        None => expression.replace('_', "").parse().ok(),
    }
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
