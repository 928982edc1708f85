//! What a class is asked, as its teacher wrote it (`class.toml`).

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;
use toml::de::DeTable;
use toml::value::{Datetime, Offset};

use crate::check::manifest::file::{File, GradeFile, ProtocolFile, SideFile};
use crate::check::manifest::keys::{DELIMITER, Known, PROTOCOL, Places, READY, SIDE, line};
use crate::check::manifest::read::{Wrong, in_toml, of_unknown, part, points};
use crate::check::manifest::{FILE_BYTES_MAX, GradePart, ManifestError, Part, Problem, SourceLanguage};
use crate::check::pattern;
use crate::check::points::Points;
use crate::exercise::Exercise;

/// How many languages a class may be limited to.
pub const LANGUAGES_MAX: usize = 4;

/// What a class is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// What it is called; may be empty.
    pub title: String,
    /// Until when, in seconds since 1970 (UTC); what has a file that is younger counts as late.
    pub deadline_unix_s: Option<i64>,
    /// The languages that programs may be in; empty if any.
    pub languages: Vec<SourceLanguage>,
    /// The exercises, and what each is worth.
    pub assignments: BTreeMap<Exercise, Assignment>,
}

/// An exercise of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// What a program that meets every requirement gets.
    pub points: Points,
    /// What the teacher says of the check; it wins over the students' manifests.
    pub teacher: Part,
}

/// Why a text says nothing of a class.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClassError {
    /// As in any manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It asks for no exercise.
    #[error("no exercise")]
    NoExercise,
    /// The deadline has no offset from UTC, or is no date with a time.
    #[error("line {line}: the deadline needs a date, a time and an offset")]
    Deadline {
        /// From 1.
        line: usize,
    },
}

/// The keys of the file.
const KNOWN: &Known = &[
    ("exercises.*.server.ready", READY),
    ("exercises.*.client.ready", READY),
    ("exercises.*.protocol.framing", DELIMITER),
    ("exercises.*.server.files", &[]),
    ("exercises.*.client.files", &[]),
    ("exercises.*.server", SIDE),
    ("exercises.*.client", SIDE),
    ("exercises.*.protocol", PROTOCOL),
    ("exercises.*.requirements", &[]),
    (
        "exercises.*",
        &[
            "points",
            "requirements",
            "strict",
            "max_hint",
            "hide",
            "timeout_scale",
            "build",
            "server",
            "client",
            "protocol",
        ],
    ),
    ("exercises", &[]),
    (
        "",
        &[
            "schema",
            "title",
            "deadline",
            "languages",
            "strict",
            "max_hint",
            "hide",
            "timeout_scale",
            "exercises",
        ],
    ),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClassFile {
    schema: Option<i64>,
    title: String,
    deadline: Option<Datetime>,
    languages: Vec<String>,
    #[serde(flatten)]
    usual: Usual,
    exercises: BTreeMap<String, AssignmentFile>,
}

/// What holds for all exercises, unless one says otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Usual {
    strict: Option<bool>,
    max_hint: Option<i64>,
    hide: Option<Vec<String>>,
    timeout_scale: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AssignmentFile {
    points: Option<f64>,
    requirements: Option<BTreeMap<String, f64>>,
    #[serde(flatten)]
    own: Usual,
    build: Option<Vec<String>>,
    server: SideFile,
    client: SideFile,
    protocol: ProtocolFile,
}

impl Class {
    /// Reads what a class is asked.
    ///
    /// # Errors
    ///
    /// [`ClassError`], for the first mistake.
    pub fn read(text: &str) -> Result<Self, ClassError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(ManifestError::TooLong.into());
        }
        let table = DeTable::parse(text).map_err(|error| in_toml(text, &error))?;
        let places = Places::of(table.get_ref(), KNOWN).map_err(|unknown| of_unknown(text, unknown))?;
        let file: ClassFile = toml::from_str(text).map_err(|error| in_toml(text, &error))?;
        let deadline = file.deadline.map(|deadline| unix_s(&deadline).ok_or(()));
        let deadline = deadline.transpose();
        let deadline_line = line(text, places.at("deadline"));
        let deadline_unix_s = deadline.map_err(|()| ClassError::Deadline { line: deadline_line })?;
        let (languages, assignments) = meant(&file).map_err(|(key, problem)| ManifestError::Value {
            line: line(text, places.at(&key)),
            key,
            problem,
        })?;
        if assignments.is_empty() {
            return Err(ClassError::NoExercise);
        }
        Ok(Self { title: file.title, deadline_unix_s, languages, assignments })
    }
}

type Meant = (Vec<SourceLanguage>, BTreeMap<Exercise, Assignment>);

fn meant(file: &ClassFile) -> Result<Meant, Wrong> {
    if file.schema.is_some_and(|schema| schema != 1) {
        return Err(("schema".to_owned(), Problem::Schema));
    }
    if file.languages.len() > LANGUAGES_MAX {
        return Err(("languages".to_owned(), Problem::TooMany));
    }
    let languages = file.languages.iter().map(|name| language(name)).collect::<Result<_, _>>()?;
    let mut assignments = BTreeMap::new();
    for (number, own) in &file.exercises {
        let key = format!("exercises.{number}");
        let exercise = number.parse().map_err(|_| (key.clone(), Problem::Exercise))?;
        let found = assignment(exercise, own, &file.usual);
        let found = found.map_err(|(inner, problem)| (format!("{key}.{inner}"), problem))?;
        assignments.insert(exercise, found);
    }
    Ok((languages, assignments))
}

fn language(name: &str) -> Result<SourceLanguage, Wrong> {
    Ok(match name {
        "python" => SourceLanguage::Python,
        "c" => SourceLanguage::C,
        "js" | "javascript" | "node" => SourceLanguage::JavaScript,
        "java" => SourceLanguage::Java,
        _ => return Err(("languages".to_owned(), Problem::OneOf(vec!["python", "c", "js", "java"]))),
    })
}

fn assignment(exercise: Exercise, own: &AssignmentFile, usual: &Usual) -> Result<Assignment, Wrong> {
    let worth = Points::of_number(own.points.unwrap_or(1.0));
    let worth = worth.ok_or_else(|| ("points".to_owned(), Problem::Points))?;
    let named = own.requirements.clone().unwrap_or_default();
    let named = points(&named, "requirements")?;
    let full = |(name, points): (String, Points)| {
        let name = if name.contains('/') { name } else { format!("{exercise}/{name}") };
        (name, points)
    };
    let file = File {
        timeout_scale: own.own.timeout_scale.or(usual.timeout_scale),
        build: own.build.clone(),
        server: own.server.clone(),
        client: own.client.clone(),
        protocol: own.protocol.clone(),
        grade: GradeFile {
            strict: own.own.strict.or(usual.strict),
            max_hint: own.own.max_hint.or(usual.max_hint),
            points: None,
            hide: own.own.hide.clone().or_else(|| usual.hide.clone()),
        },
        ..File::default()
    };
    let teacher = part(file)?;
    let requirements = named.into_iter().map(full).collect();
    let grade = GradePart { points: Some(requirements), ..teacher.grade };
    Ok(Assignment { points: worth, teacher: Part { exercise: Some(exercise), grade, ..teacher } })
}

/// The moment of a date with a time and an offset, in seconds since 1970. Howard Hinnant's `days_from_civil`, for the proleptic
/// Gregorian calendar.
fn unix_s(moment: &Datetime) -> Option<i64> {
    let (date, time, offset) = (moment.date?, moment.time?, moment.offset?);
    let minutes = match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let second = i64::from(time.second.unwrap_or(0));
    Some(days * 86_400 + i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + second - minutes * 60)
}

impl Assignment {
    /// Says whether a pattern of the teacher's hides a requirement; for a table of what is hidden.
    pub fn hides(&self, name: &str) -> bool {
        self.teacher.grade.hide.iter().flatten().any(|hidden| pattern::matches(hidden, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
schema = 1
title = "Redes 2026"
deadline = 2026-05-12T23:59:59-03:00
languages = ["python", "c"]
strict = true
hide = ["*/hidden-*"]

[exercises."1.3"]
points = 10

[exercises."1.5.5"]
points = 2.5
strict = false
requirements = { stops = 2, "1.5.5/echoes" = 1 }
server = { run = ["python3", "server.py"], port = 4000 }
protocol = { shutdown = "SALIR" }
"#;

    #[test]
    fn a_class_is_read_with_what_holds_for_all_and_for_one() {
        let class = Class::read(WHOLE).unwrap();
        let [first, second] = [Exercise::EchoUdp, Exercise::RemoteStop].map(|it| &class.assignments[&it]);

        assert_eq!((class.title.as_str(), class.languages.len()), ("Redes 2026", 2));
        assert_eq!(
            (first.points.to_string(), second.points.to_string()),
            ("10".to_owned(), "2.5".to_owned())
        );
        assert_eq!((first.teacher.grade.strict, second.teacher.grade.strict), (Some(true), Some(false)));
        assert!(second.hides("1.5.5/hidden-x"));
        assert_eq!(second.teacher.protocol.shutdown.as_deref(), Some(&b"SALIR"[..]));
        let named: Vec<_> =
            second.teacher.grade.points.iter().flatten().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, ["1.5.5/echoes", "1.5.5/stops"]);
    }

    #[test]
    fn a_deadline_is_a_moment() {
        for (text, unix_s) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-05-12T23:59:59-03:00", 1_778_641_199),
            ("2000-02-29T12:00:00+02:00", 951_818_400),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            let class = Class::read(&format!("deadline = {text}\n[exercises.\"1.3\"]")).unwrap();
            assert_eq!(class.deadline_unix_s, Some(unix_s), "{text}");
        }
        let without = Class::read("deadline = 2026-05-12\n[exercises.\"1.3\"]");
        assert_eq!(without, Err(ClassError::Deadline { line: 1 }));
    }

    #[test]
    fn mistakes_are_told_with_their_lines() {
        for (text, at, key) in [
            ("title = \"x\"\nexercise = 1", 2, "exercise"),
            ("[exercises.\"1.3\"]\npoint = 1", 2, "exercises.1.3.point"),
            ("[exercises.\"1.5.2\".server]\nprot = 1", 2, "exercises.1.5.2.server.prot"),
            ("\n[exercises.\"9.9\"]", 2, "exercises.9.9"),
            ("[exercises.\"1.3\"]\npoints = -1", 2, "exercises.1.3.points"),
            ("[exercises.\"1.3\"]\nserver = { port = 0 }", 2, "exercises.1.3.server.port"),
            ("languages = [\"cobol\"]\n[exercises.\"1.3\"]", 1, "languages"),
            ("schema = 2\n[exercises.\"1.3\"]", 1, "schema"),
        ] {
            let told = match Class::read(text) {
                Err(ClassError::Manifest(
                    ManifestError::UnknownKey { line, key, .. } | ManifestError::Value { line, key, .. },
                )) => (line, key),
                other => panic!("{text}: {other:?}"),
            };
            assert_eq!(told, (at, key.to_owned()), "{text}");
        }
        assert_eq!(Class::read("title = \"x\""), Err(ClassError::NoExercise));
    }
}
