//! What the practical leaves free and nobody said, found out by trying: candidates from the program's source and from what people
//! usually choose, each put to a fresh program in a trial of its own, before any requirement is. What was found is told.

use std::fs::{self, File};
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::manifest::{
    Framing, Manifest, SourceLanguage, StatusFormat, addresses, command_candidates, stop_candidates,
};
use super::{CheckReport, Options, PARALLEL_MAX, Requirement, Role, State, TrialPlan, engine, probes};
use crate::exercise::Exercise;

/// How many files of a program's source are read.
pub const SOURCES_MAX: usize = 16;

/// How much is read of each.
pub const SOURCE_BYTES_MAX: u64 = 262_144;

/// How long candidates are tried, by the clock; no new one is after that.
pub const DISCOVERY_MAX: Duration = Duration::from_secs(120);

/// Something that nobody said, and that a trial has shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Assumed {
    /// Exercise 1.5.5: this message ends the server.
    Shutdown(String),
    /// Exercise 1.5.6: this form runs a command.
    Command(String),
    /// And the status is found in the reply by this expression.
    Status(String),
    /// Exercise 2.5.3: this ends a message.
    Framing(Framing),
    /// Exercise 1.5.2: these addresses are served.
    Allowed(Vec<IpAddr>),
}

impl Assumed {
    /// Puts it into what was said.
    fn say(&self, manifest: &mut Manifest) {
        let protocol = &mut manifest.protocol;
        match self {
            Self::Shutdown(word) => protocol.shutdown = protocol.encoding.bytes(word),
            Self::Command(form) => protocol.command = Some(form.clone()),
            Self::Status(expression) => protocol.status = StatusFormat::Expression(expression.clone()),
            Self::Framing(framing) => protocol.framing = Some(framing.clone()),
            Self::Allowed(addresses) => manifest.server.allowed.clone_from(addresses),
        }
    }
}

/// Finds out what was not said, and says it in the plan; `parallel` trials run at once, from the processor `place` on. Nothing, where all was said or nothing is found.
pub(super) fn assume(plan: &mut TrialPlan, options: &Options) -> Vec<Assumed> {
    let Some(probe) = probes::of(plan.exercise) else { return Vec::new() };
    let mut asked = TrialPlan { requirement: probe.id.to_owned(), ..plan.clone() };
    asked.programs.retain(|program| program.role == Role::Server);
    let candidates = candidates(&asked);
    if asked.programs.is_empty() || candidates.is_empty() {
        return Vec::new();
    }
    let found = Tries { probe, plan: asked, options }.run(&candidates);
    for assumed in &found {
        assumed.say(&mut plan.manifest);
    }
    found
}

/// What is tried, in this order; nothing if it was said, or if there is no choice.
fn candidates(plan: &TrialPlan) -> Vec<Assumed> {
    if is_said(plan) {
        return Vec::new();
    }
    let texts = sources(plan);
    let texts: Vec<_> = texts.iter().map(|(text, language)| (text.as_str(), *language)).collect();
    match plan.exercise {
        Exercise::RemoteStop => stop_candidates(&texts).into_iter().map(Assumed::Shutdown).collect(),
        Exercise::RemoteCommand => command_candidates(&texts).into_iter().map(Assumed::Command).collect(),
        Exercise::ShortReceive => Framing::usual().into_iter().map(Assumed::Framing).collect(),
        _ => {
            let all = addresses(&texts);
            let all = if all.len() > 1 { all } else { Vec::new() };
            all.into_iter().map(|address| Assumed::Allowed(vec![address.into()])).collect()
        }
    }
}

/// Whether the manifest says what the exercise leaves free.
fn is_said(plan: &TrialPlan) -> bool {
    let protocol = &plan.manifest.protocol;
    match plan.exercise {
        Exercise::RemoteStop => protocol.shutdown.is_some(),
        Exercise::RemoteCommand => protocol.command.is_some(),
        Exercise::ShortReceive => protocol.framing.is_some(),
        Exercise::AddressFilter => !plan.manifest.server.allowed.is_empty(),
        _ => true,
    }
}

/// Candidates that are tried.
struct Tries<'options> {
    probe: &'static Requirement,
    plan: TrialPlan,
    options: &'options Options,
}

impl Tries<'_> {
    fn run(&self, candidates: &[Assumed]) -> Vec<Assumed> {
        let began = Instant::now();
        let wants_all = self.plan.exercise == Exercise::AddressFilter;
        let mut served = Vec::new();
        for some in candidates.chunks(self.options.parallel.clamp(1, PARALLEL_MAX)) {
            let reports = self.at_once(some);
            if began.elapsed() > DISCOVERY_MAX
                || !reports.iter().any(|report| probes::is_ready(&report.steps))
            {
                break;
            }
            let passed = some.iter().zip(&reports).filter(|(_, report)| report.state == State::Pass);
            for (assumed, report) in passed {
                match assumed {
                    Assumed::Allowed(addresses) if wants_all => served.extend(addresses),
                    _ => return found(assumed, report, &self.plan.manifest),
                }
            }
        }
        if served.is_empty() { Vec::new() } else { vec![Assumed::Allowed(served)] }
    }

    fn at_once(&self, some: &[Assumed]) -> Vec<CheckReport> {
        let cpus = kernel::affinity::allowed().unwrap_or_default();
        thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .enumerate()
                .map(|(number, assumed)| {
                    let mut plan = self.plan.clone();
                    plan.cpu = cpus.get((self.options.place + number) % cpus.len().max(1)).copied();
                    assumed.say(&mut plan.manifest);
                    scope.spawn(move || engine::put_once(self.probe, &plan, &self.options.stop))
                })
                .collect();
            running.into_iter().filter_map(|it| it.join().ok()).collect()
        })
    }
}

/// What a trial that passed has shown: of a command also where its status stands, unless that was said.
fn found(assumed: &Assumed, report: &CheckReport, manifest: &Manifest) -> Vec<Assumed> {
    let mut found = vec![assumed.clone()];
    if matches!(assumed, Assumed::Command(_)) && manifest.protocol.status == StatusFormat::OnlyNumber {
        let format = probes::status_format(&probes::exchanges(&report.steps));
        if let Some(StatusFormat::Expression(expression)) = format {
            found.push(Assumed::Status(expression));
        }
    }
    found
}

/// The sources of the server: the files that its command line and its build name, or else all that lie beside it.
fn sources(plan: &TrialPlan) -> Vec<(String, SourceLanguage)> {
    let Some(program) = plan.programs.first() else { return Vec::new() };
    let said = plan.manifest.build.iter().chain(&plan.manifest.server.run).flatten().chain(&program.command);
    let mut named: Vec<PathBuf> = said.map(PathBuf::from).collect();
    named.dedup();
    let read = |names: &[PathBuf]| -> Vec<_> {
        names.iter().filter_map(|name| source(&program.directory, name)).take(SOURCES_MAX).collect()
    };
    let texts = read(&named);
    if !texts.is_empty() {
        return texts;
    }
    let entries = fs::read_dir(&program.directory).into_iter().flatten();
    let mut beside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.file_name().into())).collect();
    beside.sort();
    read(&beside)
}

/// Reads a source that is really in the program's directory: what it links to elsewhere is nothing for a guest to be told.
fn source(directory: &Path, name: &Path) -> Option<(String, SourceLanguage)> {
    let language = SourceLanguage::of_file(name.to_str()?)?;
    let path = fs::canonicalize(directory.join(name)).ok()?;
    if !path.starts_with(fs::canonicalize(directory).ok()?) || !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(SOURCE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some((String::from_utf8_lossy(&bytes).into_owned(), language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_one_only_in_its_own_directory() {
        let place = tempfile::tempdir().unwrap();
        let [own, other] = ["own", "other"].map(|name| place.path().join(name));
        for directory in [&own, &other] {
            fs::create_dir(directory).unwrap();
            fs::write(directory.join("a.py"), "secret").unwrap();
        }
        std::os::unix::fs::symlink(other.join("a.py"), own.join("link.py")).unwrap();

        assert_eq!(source(&own, Path::new("a.py")), Some(("secret".to_owned(), SourceLanguage::Python)));
        for name in ["link.py", "../other/a.py", "none.py", "."] {
            assert_eq!(source(&own, Path::new(name)), None, "{name}");
        }
    }
}
