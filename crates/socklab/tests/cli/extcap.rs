//! `socklab extcap`: what Wireshark is answered, and where it finds us.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;
use tempfile::tempdir;

use crate::support::{LANGS, command, mistakes, socklab};

#[test]
fn wireshark_is_answered_in_its_own_sentences() {
    for lang in LANGS {
        let asked: [&[&str]; 3] = [
            &["--extcap-interfaces", "--extcap-version=4.0"],
            &["--extcap-dlts", "--extcap-interface", "socklab"],
            &["--extcap-config", "--extcap-interface", "socklab"],
        ];
        let answers = asked.map(|flags| {
            let run = socklab(lang, &[&["extcap"], flags].concat());
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
            run.stdout
        });
        assert_snapshot!(format!("extcap_answers_{lang}"), answers.concat());
    }
}

#[test]
fn installed_it_is_a_script_that_wireshark_can_run() {
    let home = tempdir().unwrap();

    let output = command(&["extcap", "--install", "--lang", "en"]).env("HOME", home.path()).output().unwrap();

    let path = home.path().join(".local/lib/wireshark/extcap/socklab");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("installed: {}\n", path.display()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(fs::read_to_string(&path).unwrap().ends_with(" extcap \"$@\"\n"));
}

#[test]
fn a_capture_needs_to_know_of_what_and_where_to() {
    for lang in LANGS {
        assert_snapshot!(format!("extcap_mistakes_{lang}"), mistakes(lang, "extcap", &[&["--capture"]]));
    }
}
