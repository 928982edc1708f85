//! `socklab grade`, as far as nothing has to be run for it, and what is ready for other systems.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;
use tempfile::{TempDir, tempdir};

use crate::support::{LANGS, command, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[
    &["/nowhere"],
    &["/nowhere", "--shard", "0/8"],
    &["/nowhere", "--jobs", "0"],
    &["/nowhere", "--seed", "-1"],
    &["merge"],
    &["merge", "/nowhere/journal.jsonl"],
    &["merge", "/nowhere", "--shard", "1/2"],
    &["merge", "/dev/null"],
    &["merge", "/proc/self/fdinfo"],
    &["/nowhere", "--class", "/dev/zero"],
    &["/nowhere", "--class", "/dev/null"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("grade_mistakes_{lang}"), mistakes(lang, "grade", MISTAKES));
    }
}

#[test]
fn what_was_not_handed_in_is_told_and_shards_are_merged() {
    let class = class_of(&["ana", "beto", "=caro"]);
    for (index, slurm) in [("1", "4"), ("2", "5")] {
        let mut grade = class.socklab(&["grade", "submissions"]);
        grade.envs([
            ("SLURM_ARRAY_TASK_ID", slurm),
            ("SLURM_ARRAY_TASK_COUNT", "2"),
            ("SLURM_ARRAY_TASK_MIN", "4"),
        ]);
        assert_eq!(grade.output().unwrap().status.code(), Some(0), "{index}");
    }
    let merged = class.socklab(&["grade", "merge", "graded", "graded"]).output().unwrap();
    assert_eq!(merged.status.code(), Some(0), "{}", String::from_utf8_lossy(&merged.stderr));
    let whole = class.socklab(&["grade", "submissions", "--output", "whole"]).output().unwrap();
    assert_eq!(whole.status.code(), Some(0));

    for file in ["results.csv", "results.jsonl", "summary.html"] {
        let [part, all] =
            ["graded", "whole"].map(|place| fs::read_to_string(class.path(place).join(file)).unwrap());
        assert_eq!(part, all, "{file}");
    }
    let table = fs::read_to_string(class.path("whole/results.csv")).unwrap();
    assert_snapshot!("grade_csv", table);
}

#[test]
fn half_of_an_environment_is_refused() {
    let class = class_of(&["ana"]);
    let run = class.socklab(&["grade", "submissions"]).env("JOB_COMPLETION_INDEX", "0").output().unwrap();

    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("SOCKLAB_SHARDS"));
}

#[test]
fn another_class_does_not_go_on_in_the_same_journal() {
    let class = class_of(&["ana"]);
    assert_eq!(class.socklab(&["grade", "submissions"]).output().unwrap().status.code(), Some(0));
    fs::write(class.path("submissions/class.toml"), "[exercises.\"2.3\"]").unwrap();

    let run = class.socklab(&["grade", "submissions"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("another class"));
}

#[test]
fn a_mistake_in_the_class_names_its_line() {
    let class = class_of(&["ana"]);
    fs::write(class.path("submissions/class.toml"), "[exercises.\"1.3\"]\npoint = 1").unwrap();

    let run = class.socklab(&["grade", "submissions"]).output().unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(
        told.contains("line 2: unknown key exercises.1.3.point") && told.contains("did you mean points?"),
        "{told}"
    );
}

#[test]
fn the_script_for_slurm_passes_everything_on() {
    let place = fake_socklab("#!/bin/sh\necho \"$@\"");
    let mut script = Command::new(deployed("slurm/grade.sh"));
    let run = script.env_clear().envs(path_with(&place)).env("CLASS", "/class");

    let told = String::from_utf8(run.output().unwrap().stdout).unwrap();
    assert_eq!(told, "grade /class/submissions --class /class/class.toml --output graded\n");
}

#[test]
fn the_manifest_for_kubernetes_names_the_same_number_of_parts_twice() {
    let text = fs::read_to_string(deployed("kubernetes/grade.yaml")).unwrap();
    let number = |line: &str| line.rsplit([' ', '"']).find(|part| !part.is_empty()).map(str::to_owned);
    let completions = text.lines().find(|line| line.contains("completions: ")).and_then(number);
    let after =
        text.lines().skip_while(|line| !line.contains("name: SOCKLAB_SHARDS")).nth(1).and_then(number);

    assert!(completions.is_some() && completions == after, "{completions:?} {after:?}");
    assert!(text.contains("completionMode: Indexed"));
}

#[test]
fn what_is_for_other_systems_is_yaml() {
    for file in ["kubernetes/grade.yaml", "kubernetes/bench.yaml", "github-classroom/classroom.yml"] {
        let mut python = Command::new("python3");
        let run =
            python.args(["-c", "import sys, yaml; yaml.safe_load(open(sys.argv[1]))"]).arg(deployed(file));
        let Ok(output) = run.output() else {
            println!("SKIP: python3 is missing");
            return;
        };
        let told = String::from_utf8_lossy(&output.stderr);
        if told.contains("ModuleNotFoundError") {
            assert!(
                std::env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none(),
                "the yaml module of Python is missing"
            );
            println!("SKIP: the yaml module of Python is missing");
            return;
        }
        assert!(output.status.success(), "{file}: {told}");
    }
}

#[test]
fn gradescope_gets_a_file_whatever_happens() {
    for (fake, expected) in [
        (
            "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --output ] && echo '{\"tests\":[]}' > \"$2\"; shift; done; exit 1",
            "{\"tests\":[]}",
        ),
        ("#!/bin/sh\necho 'a \"mistake\"' >&2; exit 2", "a \\\"mistake\\\""),
    ] {
        let place = fake_socklab(fake);
        for directory in ["source", "submission", "results"] {
            fs::create_dir(place.path().join(directory)).unwrap();
        }
        let mut script = Command::new(deployed("gradescope/run_autograder"));
        let run = script.envs(path_with(&place)).env("AUTOGRADER_ROOT", place.path()).output().unwrap();

        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        let results = fs::read_to_string(place.path().join("results/results.json")).unwrap();
        assert!(results.contains(expected), "{results}");
    }
}

/// A class in which nobody has handed anything in.
struct Handed(TempDir);

fn class_of(names: &[&str]) -> Handed {
    let place = tempdir().unwrap();
    for name in names {
        fs::create_dir_all(place.path().join("submissions").join(name)).unwrap();
    }
    let class = "title = \"Redes\"\n[exercises.\"1.3\"]\npoints = 10\n[exercises.\"2.5.4\"]\npoints = 2.5\n";
    fs::write(place.path().join("submissions/class.toml"), class).unwrap();
    Handed(place)
}

impl Handed {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn socklab(&self, arguments: &[&str]) -> Command {
        let mut run = command(arguments);
        run.env("SOCKLAB_LANG", "en").current_dir(self.0.path());
        run
    }
}

/// A directory with a program `socklab` in it that does something else.
fn fake_socklab(script: &str) -> TempDir {
    let place = tempdir().unwrap();
    let path = place.path().join("socklab");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    place
}

fn path_with(place: &TempDir) -> [(&'static str, String); 1] {
    let others = std::env::var("PATH").unwrap_or_default();
    [("PATH", format!("{}:{others}", place.path().display()))]
}

fn deployed(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    root.join("deploy").join(file)
}

#[test]
fn a_journal_that_is_none_is_told() {
    let place = tempdir().unwrap();
    let path = place.path().join("journal.jsonl");
    fs::write(&path, "hola\n").unwrap();
    let run = socklab("es", &["grade", "merge", path.to_str().unwrap()]);

    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no es un registro"), "{}", run.stderr);
    assert!(run.stderr.contains("primera línea"), "{}", run.stderr);
}
