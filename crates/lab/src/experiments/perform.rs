//! Runs a scene, in the process that is its stage.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kernel::blocking::inheritable_copy;
use kernel::poll::{self, Interest};
use kernel::{pipe, streams};
use scope::model::{Bytes, Time};
use scope::session::{
    Config, LOOK_EVERY, MTU_BYTES, Network, Order, ProgramConfig, SNAP_BYTES, STRINGS_BYTES, Session,
};
use scope::source::packets::PacketsError;
use serde::{Deserialize, Serialize};

use super::{Act, Cast, Output, Refused, Scene, Setting};
use crate::actor::{DESCRIPTORS_FROM, Part, Pipes, Script};
use crate::stage::{Failed, Limits, Message, StageError, Teller};

/// How often what was told is looked at.
const PACE: Duration = Duration::from_millis(20);
/// How late a source may tell of something.
const LATE: Duration = Duration::from_millis(30);
/// How long programs that were told to end may take.
const GRACE: Duration = Duration::from_secs(1);
/// How much of what programs write is taken at once.
const PIECE_BYTES: usize = 64 * 1024;

/// The verb of the binary by which an actor is started.
pub const ACTOR_VERB: &str = "act";

/// What a stage needs to know of a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenePlan {
    /// Who takes part.
    pub programs: Vec<Cast>,
    /// In what the network differs.
    pub settings: Vec<Setting>,
    /// After how long the programs are told to end.
    pub limit: Duration,
    /// Where they work, if not where this process does.
    pub directory: Option<PathBuf>,
}

impl From<&Scene> for ScenePlan {
    fn from(scene: &Scene) -> Self {
        Self {
            programs: scene.programs.clone(),
            settings: scene.settings.clone(),
            limit: scene.limit,
            directory: None,
        }
    }
}

/// Runs a scene, and tells what happens in it.
pub(crate) fn perform(plan: &ScenePlan, teller: &mut Teller) -> Result<(), StageError> {
    let failed = |operation: &'static str| move |error: io::Error| StageError::system(operation, &error);
    if let Some(directory) = &plan.directory {
        env::set_current_dir(directory).map_err(failed("chdir"))?;
    }
    let players = Players::cast(&plan.programs).map_err(failed("pipe"))?;
    let mut session = Session::start(config(plan, &players))
        .map_err(|error| StageError::Start { cause: error.to_string() })?;
    // What the session has become may have made the kernel forget it.
    streams::end_with_parent().map_err(failed("prctl"))?;
    let untold = failed("write");
    teller.tell(&Message::Limits(limits(&session))).map_err(untold)?;
    let began = Instant::now();
    let mut end = End { tell: Some(began + plan.limit), kill: None };
    while !session.is_over() {
        wait(teller, Instant::now() + PACE);
        if let Some(order) = end.advance(Instant::now()) {
            session.signal(order);
        }
        let now = began.elapsed();
        tell_all(teller, session.take()).map_err(untold)?;
        teller.tell(&Message::Settled(time(now.saturating_sub(LATE)))).map_err(untold)?;
    }
    tell_all(teller, session.finish()).map_err(untold)
}

/// What the programs of a scene are started with.
struct Players {
    commands: Vec<Vec<OsString>>,
    /// The pipes between actors, which they inherit.
    _pipes: Pipes,
    /// The scripts, which they inherit.
    scripts: Vec<OwnedFd>,
}

impl Players {
    fn cast(programs: &[Cast]) -> io::Result<Self> {
        let scripts: Vec<&Script> = programs
            .iter()
            .filter_map(|cast| match &cast.act {
                Act::Actor(script) => Some(script),
                Act::Socklab(_) => None,
            })
            .collect();
        let (parts, pipes) = Pipes::parts(&scripts)?;
        let mut parts = parts.iter();
        let mut players = Self { commands: Vec::new(), _pipes: pipes, scripts: Vec::new() };
        for cast in programs {
            let part = if matches!(cast.act, Act::Actor(_)) { parts.next() } else { None };
            let command = players.command(cast, part)?;
            players.commands.push(command);
        }
        Ok(players)
    }

    fn command(&mut self, cast: &Cast, part: Option<&Part>) -> io::Result<Vec<OsString>> {
        let mut command = vec![own_file()];
        match (&cast.act, part) {
            (Act::Socklab(arguments), _) => command.extend(arguments.iter().map(OsString::from)),
            (Act::Actor(_), Some(part)) => {
                let script = streams::file_in_memory(&cast.name, &serde_json::to_vec(part)?)?;
                let script = inheritable_copy(script, DESCRIPTORS_FROM)?;
                command.extend([ACTOR_VERB.into(), cast.name.clone().into()]);
                command.push(script.as_raw_fd().to_string().into());
                self.scripts.push(script);
            }
            (Act::Actor(_), None) => {}
        }
        Ok(command)
    }
}

/// The file of this program by its name, which a recording can show; if it has none any more, as the kernel still knows it.
fn own_file() -> OsString {
    let own = env::current_exe().ok().filter(|path| path.exists());
    own.map_or_else(|| "/proc/self/exe".into(), Into::into)
}

fn config(plan: &ScenePlan, players: &Players) -> Config {
    let mtu = plan.settings.iter().rev().find_map(|setting| match setting {
        Setting::Mtu(bytes) => Some(*bytes),
        _ => None,
    });
    let programs = plan.programs.iter().zip(&players.commands).map(|(cast, command)| ProgramConfig {
        name: cast.name.clone(),
        command: command.clone(),
        when: cast.when,
        guest: None,
    });
    Config {
        programs: programs.collect(),
        attach: Vec::new(),
        network: Network::Private { mtu_bytes: mtu.unwrap_or(MTU_BYTES) },
        settings: plan.settings.iter().filter_map(Setting::of_session).collect(),
        snap_bytes: SNAP_BYTES,
        strings_bytes: STRINGS_BYTES,
        lines: false,
        refuse_io_uring: false,
        one_cpu: true,
        look_every: LOOK_EVERY,
        keep_servers: false,
        output_to_error: false,
        terminal: None,
    }
}

fn limits(session: &Session) -> Limits {
    let limits = session.limits();
    let refused = limits
        .settings
        .iter()
        .map(|refused| Refused { setting: refused.setting.to_string(), errno: refused.errno });
    let failed = |operation: &str, errno| Failed { operation: operation.to_owned(), errno };
    Limits {
        private: limits.private.map(|error| failed(error.step.operation(), error.errno)),
        packets: limits.packets.as_ref().map(|error| match error {
            PacketsError::Refused(error) => failed(error.step.operation(), error.errno),
            PacketsError::Thread(error) => failed("clone", error.raw_os_error().unwrap_or_default()),
        }),
        refused: refused.collect(),
    }
}

/// Waits until then, and takes what programs write meanwhile.
fn wait(teller: &mut Teller, until: Instant) {
    loop {
        let ready = poll::wait(teller.written().as_fd(), Interest::READ, Some(until));
        if !ready.is_ok_and(poll::Readiness::any) || take_written(teller).is_err() {
            return;
        }
        if Instant::now() >= until {
            return;
        }
    }
}

fn take_written(teller: &mut Teller) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    let taken = pipe::read(teller.written(), &mut piece)?;
    piece.truncate(taken);
    teller.tell(&Message::Output(Output { bytes: Bytes(piece) }))
}

fn tell_all(teller: &mut Teller, observations: Vec<scope::model::Observation>) -> io::Result<()> {
    for observation in observations {
        teller.tell(&Message::Observation(observation))?;
    }
    // When nothing is there to be read any more, reading fails (EAGAIN).
    while take_written(teller).is_ok() {}
    Ok(())
}

/// How a scene comes to its end before its programs do.
#[derive(Debug)]
struct End {
    tell: Option<Instant>,
    kill: Option<Instant>,
}

impl End {
    /// What is to be done now.
    fn advance(&mut self, now: Instant) -> Option<Order> {
        if self.tell.take_if(|tell| now >= *tell).is_some() {
            self.kill = Some(now + GRACE);
            return Some(Order::Terminate);
        }
        self.kill.take_if(|kill| now >= *kill).map(|_| Order::End)
    }
}

fn time(since: Duration) -> Time {
    Time(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_to_end_and_then_ended() {
        let began = Instant::now();
        let limit = began + Duration::from_secs(5);
        let mut end = End { tell: Some(limit), kill: None };

        assert_eq!(end.advance(began), None);
        assert_eq!(end.advance(limit), Some(Order::Terminate));
        assert_eq!(end.advance(limit), None);
        assert_eq!(end.advance(limit + GRACE), Some(Order::End));
        assert_eq!(end.advance(limit + GRACE * 2), None);
    }
}
