//! Which files of a submission are the programs of an exercise, where nobody said.
//!
//! A directory or a file whose name has the number of the exercise belongs to it (`1.5.2`, `ej_1_5_2`, `1-5-2_servidor.py`); those
//! of the echo are known by `udp` and `tcp`, too. What is a server and what a client, the name says, in Spanish or in English.

use std::collections::BTreeMap;

use crate::check::Role;
use crate::check::manifest::{FILE_NAME, SourceLanguage};
use crate::exercise::{Exercise, Transport};

/// The programs of an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The directory that they are in, from the submission's own; empty if it is that one.
    pub directory: String,
    /// The student's manifest there, from the submission's own directory.
    pub manifest: Option<String>,
    /// The programs, by their roles, from [`directory`](Self::directory).
    pub programs: BTreeMap<Role, Source>,
}

/// A program's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its file, from the directory of the programs.
    pub file: String,
    /// What it is written in.
    pub language: SourceLanguage,
}

/// Why the programs were not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing is there for the exercise.
    Absent,
    /// Several files could be the same program, or stand in several directories.
    Ambiguous(Vec<String>),
    /// It is in a language that the class does not take.
    Language(String),
}

/// Finds the programs of an exercise among the files of a submission: paths from its directory, with slashes. `languages` are those that
/// are taken; any if it is empty.
///
/// # Errors
///
/// [`Misfit`].
pub fn find(files: &[String], exercise: Exercise, languages: &[SourceLanguage]) -> Result<Found, Misfit> {
    let own = files_of(files, exercise);
    if own.is_empty() {
        return Err(Misfit::Absent);
    }
    let manifest = own.iter().find(|path| file_name(path) == FILE_NAME);
    let sources: Vec<(&str, SourceLanguage)> =
        own.iter().filter_map(|path| Some((*path, program_language(path)?))).collect();
    if let Some(manifest) = manifest {
        let directory = directory_of(manifest).to_owned();
        // A manifest can name programs that no convention finds, so what is ambiguous is left to it.
        let programs = roles(&sources, exercise, &directory).unwrap_or_default();
        return Ok(Found { directory, manifest: Some((*manifest).to_owned()), programs });
    }
    let Some((first, _)) = sources.first() else {
        return Err(Misfit::Absent);
    };
    let directory = directory_of(first).to_owned();
    let elsewhere = sources.iter().any(|(path, _)| directory_of(path) != directory);
    let programs = if elsewhere { None } else { roles(&sources, exercise, &directory) };
    let all = || sources.iter().map(|(path, _)| (*path).to_owned()).collect();
    let programs = programs.ok_or_else(|| Misfit::Ambiguous(all()))?;
    let refused = programs.values().find(|it| !languages.is_empty() && !languages.contains(&it.language));
    match refused {
        Some(source) => Err(Misfit::Language(source.file.clone())),
        None => Ok(Found { directory, manifest: None, programs }),
    }
}

impl Source {
    /// Returns the command that runs it, in its directory; of C, after it was built.
    pub fn command(&self, role: Role) -> Vec<String> {
        let words: &[&str] = match self.language {
            SourceLanguage::Python => &["python3", &self.file],
            SourceLanguage::JavaScript => &["node", &self.file],
            SourceLanguage::Java => &["java", &self.file],
            SourceLanguage::C => &[built_name(role)],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}

impl Found {
    /// Returns the command that builds what has to be built. A file's name is an argument of its own and is never read by a shell.
    pub fn build(&self) -> Option<Vec<String>> {
        let in_c = |(role, source): (&Role, &Source)| {
            (source.language == SourceLanguage::C).then(|| (*role, source.file.clone()))
        };
        let sources: Vec<(Role, String)> = self.programs.iter().filter_map(in_c).collect();
        let mut script = Vec::new();
        let mut files = Vec::new();
        for (role, file) in sources {
            files.push(format!("./{file}"));
            script.push(format!("cc -O1 -pthread -o {} \"${}\"", built_name(role), files.len()));
        }
        if script.is_empty() {
            return None;
        }
        let head = ["sh".to_owned(), "-c".to_owned(), script.join(" && "), "sh".to_owned()];
        Some(head.into_iter().chain(files).collect())
    }
}

/// What a program in C is called once it is built.
fn built_name(role: Role) -> &'static str {
    match role {
        Role::Server => "./socklab-built-server",
        Role::Client => "./socklab-built-client",
    }
}

/// The files of an exercise: those under its number; those of the echo else by their transport, if no number is in their path.
fn files_of(files: &[String], exercise: Exercise) -> Vec<&str> {
    let wanted: Vec<u32> = parse(exercise.number());
    let all = || files.iter().map(String::as_str).filter(|path| !is_hidden(path));
    let numbered: Vec<&str> =
        all().filter(|path| path.split('/').any(|part| has_number(part, &wanted))).collect();
    if !numbered.is_empty() {
        return numbered;
    }
    let word = match (exercise, exercise.transport()) {
        (Exercise::EchoUdp | Exercise::CaptureUdp, Transport::Udp) => "udp",
        (Exercise::EchoTcp | Exercise::CaptureTcp, Transport::Tcp) => "tcp",
        _ => return Vec::new(),
    };
    let is_named = |path: &&str| path.to_lowercase().contains(word) && !path.split('/').any(has_any_number);
    all().filter(is_named).collect()
}

/// The one program for each role; `None` if there are several.
fn roles(
    sources: &[(&str, SourceLanguage)],
    exercise: Exercise,
    directory: &str,
) -> Option<BTreeMap<Role, Source>> {
    let mut programs = BTreeMap::new();
    let mut nameless = Vec::new();
    for (path, language) in sources {
        let file = path.strip_prefix(directory).unwrap_or(path).trim_start_matches('/').to_owned();
        let source = Source { file, language: *language };
        match role_of(file_name(path)) {
            Some(role) => {
                if programs.insert(role, source).is_some() {
                    return None;
                }
            }
            None => nameless.push(source),
        }
    }
    // Modules that the programs use have names of their own.
    if programs.is_empty() {
        let [only] = <[Source; 1]>::try_from(nameless).ok()?;
        programs.insert(usual_role(exercise), only);
    }
    Some(programs)
}

fn role_of(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    let says = |words: [&str; 2]| words.iter().any(|word| name.contains(word));
    match (says(["server", "servidor"]), says(["client", "cliente"])) {
        (true, false) => Some(Role::Server),
        (false, true) => Some(Role::Client),
        _ => None,
    }
}

/// Returns what the one program is that is handed in for an exercise, if its name says nothing else.
pub fn usual_role(exercise: Exercise) -> Role {
    match exercise {
        Exercise::NoServer | Exercise::ShortSend => Role::Client,
        _ => Role::Server,
    }
}

/// The language of what can be run: a header of C cannot.
fn program_language(path: &str) -> Option<SourceLanguage> {
    let name = file_name(path);
    let is_header = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "h");
    SourceLanguage::of_file(name).filter(|_| !is_header)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// What tools leave behind: `.git`, `__pycache__`, `node_modules`, `__MACOSX`.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part.starts_with("__") || part == "node_modules")
}

fn parse(number: &str) -> Vec<u32> {
    number.split('.').filter_map(|part| part.parse().ok()).collect()
}

fn has_number(part: &str, wanted: &[u32]) -> bool {
    numbers(part).iter().any(|number| number == wanted)
}

fn has_any_number(part: &str) -> bool {
    numbers(part).iter().any(|number| Exercise::ALL.iter().any(|it| parse(it.number()) == *number))
}

/// The numbers in a name: digits with one dot, underscore or hyphen between them.
fn numbers(part: &str) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    let mut open: Vec<u32> = Vec::new();
    let mut digits = String::new();
    let mut between = 0;
    for c in part.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            open.extend(digits.parse::<u32>().ok());
            digits.clear();
            between = 0;
        }
        between += 1;
        let goes_on = matches!(c, '.' | '_' | '-') && between == 1;
        if !goes_on && !open.is_empty() {
            all.push(std::mem::take(&mut open));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn programs_are_found_by_the_number_of_the_exercise() {
        for files in [
            &["1.5.2/server.py"][..],
            &["ej1_5_2/servidor.py", "ej1_5_2/util_x.txt"],
            &["entrega/1-5-2 servidor.py", "entrega/1-5-3 servidor.py"],
            &["1_5_2.py"],
            &["src/1.5.2/mi_server.py", "src/1.5.2/helpers.py", "src/1.5.2/__pycache__/server.py"],
        ] {
            let found = found(files, Exercise::AddressFilter).unwrap();
            assert_eq!(found.programs[&Role::Server].language, SourceLanguage::Python, "{files:?}");
        }
    }

    #[test]
    fn the_echo_is_found_by_its_transport() {
        let files = ["udp_echo_client.py", "udp_echo_server.py", "tcp_echo_server.py", "1.5.2/udp_server.py"];

        let udp = found(&files, Exercise::EchoUdp).unwrap();
        assert_eq!((udp.directory.as_str(), udp.programs.len()), ("", 2));
        assert_eq!(udp.programs[&Role::Client].command(Role::Client), ["python3", "udp_echo_client.py"]);
        assert_eq!(found(&files, Exercise::EchoTcp).unwrap().programs.len(), 1);
        assert_eq!(found(&files, Exercise::ShortSend), Err(Misfit::Absent));
    }

    #[test]
    fn two_files_for_one_role_are_not_chosen_from() {
        let files = ["2.5.1/server.py", "2.5.1/server_old.py"];
        let ambiguous = Misfit::Ambiguous(files.map(str::to_owned).to_vec());

        assert_eq!(found(&files, Exercise::ListenBacklog), Err(ambiguous));
        assert!(matches!(
            found(&["2.5.1/a/x.py", "2.5.1/b/x.py"], Exercise::ListenBacklog),
            Err(Misfit::Ambiguous(_))
        ));
    }

    #[test]
    fn a_manifest_says_what_names_do_not() {
        let files = ["1.5.5/socklab.toml", "1.5.5/a.py", "1.5.5/b.py"];
        let found = found(&files, Exercise::RemoteStop).unwrap();

        assert_eq!(found.manifest.as_deref(), Some("1.5.5/socklab.toml"));
        assert!(found.programs.is_empty());
    }

    #[test]
    fn a_language_that_the_class_does_not_take_is_told() {
        let files = ["1.3/server.js".to_owned()];

        assert_eq!(
            find(&files, Exercise::EchoUdp, &[SourceLanguage::C]),
            Err(Misfit::Language("server.js".to_owned()))
        );
        assert!(find(&files, Exercise::EchoUdp, &[SourceLanguage::JavaScript]).is_ok());
    }

    #[test]
    fn c_is_built_and_no_shell_reads_a_files_name() {
        let files = ["2.5.4/client $(reboot).c", "2.5.4/server.c"];
        let build = found(&files, Exercise::TextAndImage).unwrap().build().unwrap();

        assert_eq!(build[..2], ["sh", "-c"]);
        assert!(!build[2].contains("reboot") && build[2].contains("\"$2\""));
        assert_eq!(build[3..], ["sh", "./server.c", "./client $(reboot).c"]);
    }

    proptest! {
        #[test]
        fn no_names_make_the_search_panic(files in proptest::collection::vec("[0-9._/a-c -]{0,20}(server|client)?(\\.py|\\.c|)", 0..8)) {
            for exercise in Exercise::ALL {
                if let Ok(found) = find(&files, exercise, &[]) {
                    let _ = found.build();
                }
            }
        }
    }

    fn found(files: &[&str], exercise: Exercise) -> Result<Found, Misfit> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        find(&files, exercise, &[])
    }
}
