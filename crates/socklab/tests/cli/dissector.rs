//! `socklab dissector`.

use std::fs;

use insta::assert_snapshot;
use tempfile::tempdir;

use crate::support::{LANGS, command, mistakes, socklab};

const DISSECTOR: &str = include_str!("../../dissector/socklab.lua");

#[test]
fn the_dissector_goes_to_standard_output_as_it_is() {
    for lang in LANGS {
        let run = socklab(lang, &["dissector"]);

        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(run.stdout == DISSECTOR, "another dissector");
    }
}

#[test]
fn installed_it_stands_where_wireshark_looks_and_takes_the_place_of_an_older_one() {
    let home = tempdir().unwrap();
    let path = home.path().join(".local/lib/wireshark/plugins/socklab.lua");
    for older in [None, Some("older")] {
        if let Some(older) = older {
            fs::write(&path, older).unwrap();
        }

        let output =
            command(&["dissector", "--install", "--lang", "en"]).env("HOME", home.path()).output().unwrap();

        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("installed: {}\n", path.display()));
        assert!(fs::read_to_string(&path).unwrap() == DISSECTOR, "another dissector");
    }
}

#[test]
fn a_home_that_is_none_is_a_failure_with_its_errno() {
    let output =
        command(&["dissector", "--install", "--lang", "es"]).env("HOME", "/dev/null").output().unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "socklab: mkdir /dev/null/.local/lib/wireshark/plugins: ENOTDIR - una parte de la ruta no es un directorio\n\
         sugerencia: sin --install va a la salida estándar; `tshark -X lua_script:ARCHIVO` lo usa desde cualquier lugar\n"
    );
}

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        let said = mistakes(lang, "dissector", &[&["--instal"], &["file.lua"], &["--install", "somewhere"]]);
        assert_snapshot!(format!("dissector_mistakes_{lang}"), said);
    }
}
