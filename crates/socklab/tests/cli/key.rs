//! `socklab key`, in a directory that ends with the test.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{LANGS, Run, assert_no_english, command, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[
    &["nwe"],
    &["new"],
    &["new", ""],
    &["new", "ana/eva"],
    &["new", "ana", "eva"],
    &["new", "ana", "--may", ""],
    &["new", "ana", "--may", "all"],
    &["new", "ana", "--may", "text, file"],
    &["new", "ana", "--commands", "uptime"],
    &["new", "ana", "--may", "text", "--shell"],
    &["new", "ana", "--may", "exec", "--commands", ""],
    &["new", "ana", "--may", "exec", "--commands", "rm -r"],
    &["new", "ana", "--may", "exec", "--commands", "*,uptime"],
    &["new", "ana", "--secret", "x"],
    &["new", "ana", "--file"],
    &["new", "ana", "--keys", "/nowhere/socklab.keys", "--file", "/nowhere/ana.key"],
    &["show"],
    &["show", "/nowhere"],
    &["show", "/dev/null"],
    &["show", "a", "b"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("key_mistakes_{lang}"), mistakes(lang, "key", MISTAKES));
    }
}

#[test]
fn without_a_verb_the_summary_goes_to_standard_error() {
    for lang in LANGS {
        let run = socklab(lang, &["key"]);

        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        assert_eq!(run.stderr, socklab(lang, &["key", "-h"]).stdout);
    }
}

#[test]
fn a_key_that_is_made_is_told_with_what_its_files_are_for_and_what_to_run_next() {
    for lang in LANGS {
        let place = Place::new(lang);
        let lines: [&[&str]; 5] = [
            &["new", "ana"],
            &["new", "eva", "--may", "file,chat,stop", "--file", "it's eva's.key"],
            &["new", "ops", "--may", "exec", "--commands", "/bin/date,uptime", "--shell"],
            &["new", "tim", "--may", "stop,exec", "--keys", "other.keys"],
            &["new", "kim", "--quiet"],
        ];
        assert_snapshot!(format!("key_new_{lang}"), place.transcript(&lines, Some(0)));
    }
}

#[test]
fn what_is_known_of_keys_is_shown_and_their_secrets_are_not() {
    for lang in LANGS {
        let place = Place::new(lang);
        place.make(&["ana"]);
        place.make(&["operations", "--may", "exec", "--commands", "uptime,/bin/date"]);
        place.make(&["root", "--may", "text,file,chat,stop,exec", "--commands", "*", "--shell"]);
        place.write("empty.keys", "# nobody yet\n");

        let lines: [&[&str]; 4] = [
            &["show", "socklab.keys"],
            &["show", "ana.key"],
            &["show", "empty.keys"],
            &["show", "ana.key", "--quiet"],
        ];
        assert_snapshot!(format!("key_show_{lang}"), place.transcript(&lines, Some(0)));
    }
}

#[test]
fn what_cannot_be_read_or_made_says_why_and_what_to_do() {
    for lang in LANGS {
        let place = Place::new(lang);
        place.make(&["ana"]);
        place.write("few.keys", "ana\n");
        place.write("grant.keys", &format!("ana {SECRET} may=all\n"));
        place.write("commands.keys", &format!("ana {SECRET} may=exec commands=a,,b\n"));
        place.write("word.keys", &format!("ana {SECRET} shell shell\n"));
        place.write("names.keys", &format!("ana {SECRET}\n\nana {}\n", SECRET.replace('x', "y")));
        place.write("secrets.keys", &format!("ana {SECRET}\neva {SECRET}\n"));
        place.write("no.keys", &format!("ana/eva {SECRET}\n"));
        place.write("two.key", &format!("socklab-key-1 ana {SECRET}\nsocklab-key-1 eva {SECRET}\n"));
        place.write("name.key", "socklab-key-1\n");
        place.write("secret.key", "socklab-key-1 ana short\n");
        place.write("more.key", &format!("socklab-key-1 ana {SECRET} may=text\n"));
        fs::write(place.path("binary.key"), [0xff]).unwrap();
        place.close("binary.key", 0o600);
        place.write("open.key", "");
        place.close("open.key", 0o640);

        let shown =
            place.files().into_iter().filter(|file| !["ana.key", "socklab.keys"].contains(&file.as_str()));
        let shown: Vec<_> = shown.map(|file| ["show".to_owned(), file]).collect();
        let shown: Vec<Vec<&str>> =
            shown.iter().map(|line| line.iter().map(String::as_str).collect()).collect();
        let made: [&[&str]; 4] = [
            &["new", "ana", "--file", "other.key"],
            &["new", "eva", "--file", "ana.key"],
            &["new", "eva", "--keys", "few.keys"],
            &["new", "eva", "--keys", "open.key"],
        ];
        let lines: Vec<&[&str]> = shown.iter().map(Vec::as_slice).chain(made).collect();
        assert_snapshot!(format!("key_failures_{lang}"), place.transcript(&lines, Some(2)));
        assert!(!place.path("other.key").exists() && !place.path("eva.key").exists());
    }
}

#[test]
fn files_with_secrets_are_private_whatever_the_umask_says() {
    for umask in ["000", "022", "777"] {
        let place = Place::new("en");
        let script = format!("umask {umask}; exec \"$0\" key new ana");
        let status = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_socklab"), "--quiet"])
            .current_dir(place.directory.path())
            .output()
            .unwrap()
            .status;

        assert!(status.success());
        for file in ["ana.key", "socklab.keys"] {
            let mode = fs::metadata(place.path(file)).unwrap().permissions().mode() & 0o7777;
            assert_eq!(mode, 0o600, "{file} with umask {umask}");
        }
    }
}

#[test]
fn no_secret_is_ever_written_but_into_the_files() {
    let place = Place::new("en");
    let made = ["", "--json", "-v", "--quiet"].into_iter().enumerate().map(|(number, flag)| {
        let name = format!("k{number}");
        let flags = [flag].into_iter().filter(|flag| !flag.is_empty());
        place.run(&["new", &name].into_iter().chain(flags).collect::<Vec<_>>())
    });
    let mut runs: Vec<Run> = made.collect();
    for line in [
        &["show", "socklab.keys"][..],
        &["show", "socklab.keys", "--json"],
        &["show", "k0.key"],
        &["show", "k0.key", "--json", "-v"],
        &["new", "k0"],
        &["new", "k9", "--file", "k0.key", "--json"],
    ] {
        runs.push(place.run(line));
    }
    place.close("k0.key", 0o644);
    runs.push(place.run(&["show", "k0.key", "--json"]));

    let list = fs::read_to_string(place.path("socklab.keys")).unwrap();
    let secrets: Vec<&str> = list.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(secrets.len(), 4);
    for run in runs {
        for secret in &secrets {
            let (said, parts) = (format!("{}{}", run.stdout, run.stderr), [&secret[..8], &secret[30..]]);
            assert!(parts.iter().all(|part| !said.contains(part)), "{said}");
        }
    }
}

#[test]
fn the_grant_exec_without_a_command_is_warned_of() {
    for (lang, warned) in [("en", "the grant exec alone runs nothing"), ("es", "por sí solo no ejecuta nada")]
    {
        let place = Place::new(lang);
        let warning = |arguments: &[&str]| place.make(arguments).stderr.contains(warned);

        assert!(warning(&["a", "--may", "text,exec"]));
        assert!(warning(&["b", "--may", "exec", "--json"]));
        assert!(!warning(&["c", "--may", "exec", "--commands", "uptime"]));
        assert!(!warning(&["d", "--may", "exec", "--shell"]));
        assert!(!warning(&["e"]));
    }
}

#[test]
fn with_json_a_key_is_an_event() {
    let place = Place::new("es");

    let made = events(&place.make(&["ana", "--may", "exec,text", "--commands", "*", "--json"]));
    let shown = events(&place.run(&["show", "ana.key", "--json"]));
    let listed = events(&place.run(&["show", "socklab.keys", "--json"]));

    assert_eq!((&made[0]["event"], &made[0]["name"]), (&"key_made".into(), &"ana".into()));
    assert_eq!((&made[0]["file"], &made[0]["list"]), (&"ana.key".into(), &"socklab.keys".into()));
    assert_eq!(made[0]["may"], serde_json::json!(["text", "exec"]));
    assert_eq!((&made[0]["commands"], &made[0]["shell"]), (&serde_json::json!(["*"]), &false.into()));
    assert_eq!((&shown[0]["id"], &shown[0]["may"]), (&made[0]["id"], &Value::Null));
    assert_eq!((&listed[0]["id"], &listed[0]["may"]), (&made[0]["id"], &made[0]["may"]));
    for events in [made, shown, listed] {
        assert_eq!(
            (events.len(), &events[1]["event"], &events[1]["keys"]),
            (2, &"summary".into(), &1.into())
        );
    }
}

/// A secret that is one.
const SECRET: &str = "xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A directory to run in, and a language to run with.
struct Place {
    directory: TempDir,
    lang: &'static str,
}

impl Place {
    fn new(lang: &'static str) -> Self {
        Self { directory: tempfile::tempdir().unwrap(), lang }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.directory.path().join(file)
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Writes a file that only its owner may read.
    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
        self.close(file, 0o600);
    }

    fn close(&self, file: &str, mode: u32) {
        fs::set_permissions(self.path(file), Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = command(&[&["key"], arguments].concat());
        let output =
            command.env("SOCKLAB_LANG", self.lang).current_dir(self.directory.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn make(&self, arguments: &[&str]) -> Run {
        let run = self.run(&[&["new"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run
    }

    /// Runs lines and tells what each said, with the ids of keys, which differ each time, left out.
    fn transcript(&self, lines: &[&[&str]], code: Option<i32>) -> String {
        let transcribe = |line: &&[&str]| {
            let run = self.run(line);
            assert_eq!(run.code, code, "{line:?}: {}", run.stderr);
            let said = [run.stdout, run.stderr].concat();
            if self.lang == "es" {
                assert_no_english(&said);
            }
            format!("$ socklab key {}\n{}", line.join(" "), without_ids(&said))
        };
        lines.iter().map(transcribe).collect::<Vec<_>>().join("\n")
    }
}

/// Writes `[0123456789 ID]` for each key id: as long, and the same each time.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_alphanumeric());
    words
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            if is_id(bare) { word.replace(bare, "[ID------------]") } else { word.to_owned() }
        })
        .collect()
}

fn events(run: &Run) -> Vec<Value> {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
