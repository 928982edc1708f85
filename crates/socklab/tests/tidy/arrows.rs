//! Who may use whom.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::packages;
use crate::sources::read;

/// Our crates, and those of ours that each may use. A new crate is added here and to the map.
const ARROWS: [(&str, &[&str]); 6] = [
    ("socklab-wire", &[]),
    ("socklab-kernel", &[]),
    ("socklab-endpoints", &["socklab-kernel", "socklab-wire"]),
    ("socklab-scope", &["socklab-kernel", "socklab-wire"]),
    ("socklab-lab", &["socklab-endpoints", "socklab-kernel", "socklab-scope", "socklab-wire"]),
    ("socklab", &["socklab-endpoints", "socklab-kernel", "socklab-lab", "socklab-scope", "socklab-wire"]),
];

/// Foreign crates that one of ours alone may use in the product: the system is `kernel`'s, people are the binary's.
const RESERVED: [(&str, &str); 11] = [
    ("libc", "socklab-kernel"),
    ("rustix", "socklab-kernel"),
    ("clap", "socklab"),
    ("clap_complete", "socklab"),
    ("clap_mangen", "socklab"),
    ("fluent-bundle", "socklab"),
    ("fluent-syntax", "socklab"),
    ("ratatui", "socklab"),
    ("rustyline", "socklab"),
    ("signal-hook", "socklab"),
    ("unic-langid", "socklab"),
];

#[test]
fn the_arrows_between_the_crates_point_down() {
    let allowed = BTreeMap::from(ARROWS);
    for (name, uses) in dependencies() {
        let mine = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no arrows yet"));
        for used in uses.iter().filter(|used| allowed.contains_key(used.as_str())) {
            assert!(mine.contains(&used.as_str()), "{name} may not use {used}");
        }
    }
}

#[test]
fn only_kernel_talks_to_the_system_and_only_the_binary_to_people() {
    let reserved = BTreeMap::from(RESERVED);
    for (name, uses) in dependencies() {
        for used in uses {
            if let Some(owner) = reserved.get(used.as_str()) {
                assert_eq!(name, *owner, "{used} is for {owner} alone");
            }
        }
    }
}

#[test]
fn every_crate_stands_on_the_map() {
    let map = read("ARCHITECTURE.md");
    for (name, _) in dependencies() {
        let row = format!("| `{}` |", name.trim_start_matches("socklab-"));
        assert!(map.contains(&row), "ARCHITECTURE.md has no row {row}");
    }
}

/// Our crates and what their product uses; what only tests use does not count.
fn dependencies() -> Vec<(String, Vec<String>)> {
    let uses = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|it| it["kind"] != "dev").map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = packages::all().into_iter().filter(|package| package["source"].is_null());
    all.map(|package| (package["name"].as_str().unwrap().to_owned(), uses(&package))).collect()
}
