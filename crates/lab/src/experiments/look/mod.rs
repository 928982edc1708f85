//! What a scene's recording shows, in the terms of claims.
//!
//! [`look`] gives the recording of a scene. Whatever is found in it is small, can be copied, and is [`Evidence`] for what is said
//! of it: a [`Did`] is a call, a [`Went`] a packet, a [`Stood`] a state of a socket, a [`Grew`] a counter, an [`Ended`] a program.

mod call;
mod packet;
mod state;

pub use self::call::Did;
pub use self::packet::Went;
pub use self::state::{Ended, Grew, Stood};

use scope::model::{EventId, Level, Pid, ProcessChange, Time};
use scope::timeline::{Entry, EntryKind, Timeline};

use super::{Evidence, Recorded, Unseen};

/// Looks at a scene, if it was run.
pub fn look<'r>(recorded: &'r [Recorded], id: &str) -> Option<Look<'r>> {
    let scene = recorded.iter().position(|it| it.scene.id == id)?;
    Some(Look { scene, recorded: &recorded[scene] })
}

/// The recording of a scene.
#[derive(Clone, Copy, Debug)]
pub struct Look<'r> {
    scene: usize,
    recorded: &'r Recorded,
}

/// A place in a recording.
#[derive(Clone, Copy, Debug)]
struct At<'r> {
    scene: usize,
    entry: &'r Entry,
}

impl<'r> Look<'r> {
    /// The recording.
    pub fn timeline(self) -> &'r Timeline {
        &self.recorded.timeline
    }

    /// Why packets cannot be seen, if they cannot.
    pub fn no_packets(self) -> Option<Unseen> {
        (self.timeline().header.level == Level::C).then_some(Unseen::Packets)
    }

    /// Why counters are not the programs' own, if they are not.
    pub fn no_counters(self) -> Option<Unseen> {
        (self.timeline().header.level != Level::A).then_some(Unseen::PrivateNetwork)
    }

    /// Why a setting does not hold, if the kernel refused it.
    pub fn refused_setting(self, name: &str) -> Option<Unseen> {
        let refused = self.recorded.refused.iter().find(|refused| refused.setting == name)?;
        Some(Unseen::Setting { name: refused.setting.clone(), errno: refused.errno })
    }

    /// The calls of a program and of what it made, in the order in which they began.
    pub fn calls(self, program: &str) -> impl DoubleEndedIterator<Item = Did<'r>> + Clone + use<'r> {
        let program = self.number(program);
        self.entries()
            .filter_map(Did::of)
            .filter(move |did| program.is_some() && self.program(did.pid()) == program)
    }

    /// The calls of one name: `recvfrom`.
    pub fn named(
        self,
        program: &str,
        name: &'static str,
    ) -> impl DoubleEndedIterator<Item = Did<'r>> + Clone + use<'r> {
        self.calls(program).filter(move |did| did.is(name))
    }

    /// The first call of one name.
    pub fn call(self, program: &str, name: &'static str) -> Option<Did<'r>> {
        self.named(program, name).next()
    }

    /// The calls that send.
    pub fn sends(self, program: &str) -> impl DoubleEndedIterator<Item = Did<'r>> + Clone + use<'r> {
        self.calls(program).filter(Did::is_send)
    }

    /// The calls that receive; those that ask for errors are not among them.
    pub fn receives(self, program: &str) -> impl DoubleEndedIterator<Item = Did<'r>> + Clone + use<'r> {
        self.calls(program).filter(Did::is_receive)
    }

    /// The packets, each once, in the order in which they left.
    pub fn packets(self) -> impl DoubleEndedIterator<Item = Went<'r>> + Clone + use<'r> {
        self.entries().filter_map(Went::of)
    }

    /// The packets that a program's sockets sent.
    pub fn packets_of(self, program: &str) -> impl DoubleEndedIterator<Item = Went<'r>> + Clone + use<'r> {
        let program = self.number(program);
        self.packets().filter(move |went| {
            program.is_some() && went.sender().and_then(|pid| self.program(pid)) == program
        })
    }

    /// What the sockets of a program were, time after time; for those that it has closed, too.
    pub fn states(self, program: &str) -> impl DoubleEndedIterator<Item = Stood<'r>> + Clone + use<'r> {
        let program = self.number(program);
        let is_its = move |stood: &Stood<'_>| {
            let life = self.timeline().sockets.get(stood.socket());
            let mut holders = life.into_iter().flat_map(|life| &life.holders);
            program.is_some() && holders.any(|(pid, ..)| self.program(*pid) == program)
        };
        self.all_states().filter(is_its)
    }

    /// What all sockets were, those that nobody has accepted among them.
    pub fn all_states(self) -> impl DoubleEndedIterator<Item = Stood<'r>> + Clone + use<'r> {
        self.entries().filter_map(Stood::of)
    }

    /// By how much a counter grew, if it did: `Udp.NoPorts`, `TcpExt.ListenOverflows`.
    pub fn counter(self, name: &str) -> Option<Grew<'r>> {
        Grew::of(self.entries(), name)
    }

    /// The end of a program's first process, if it has ended.
    pub fn ended(self, program: &str) -> Option<Ended<'r>> {
        let pid = self.pid(program)?;
        self.entries().find_map(|at| Ended::of(at, pid))
    }

    /// The signals that a program's first process was sent (`signal(7)`), with what shows each.
    pub fn signals(
        self,
        program: &str,
    ) -> impl DoubleEndedIterator<Item = (u32, Evidence)> + Clone + use<'r> {
        let pid = self.pid(program);
        self.entries().filter_map(move |at| match &at.entry.kind {
            EntryKind::Process(process) if Some(process.pid) == pid => match process.change {
                ProcessChange::Signalled { signal } => Some((signal, at.evidence())),
                _ => None,
            },
            _ => None,
        })
    }

    /// The first process of a program.
    pub fn pid(self, program: &str) -> Option<Pid> {
        let number = self.number(program)?;
        self.entries().find_map(|at| match &at.entry.kind {
            EntryKind::Process(process) => {
                (process.change == ProcessChange::Started { program: number }).then_some(process.pid)
            }
            _ => None,
        })
    }

    /// The last thing that happened, which shows that something did not happen before it. `None` for a recording of nothing.
    pub fn end(self) -> Option<Evidence> {
        self.entries().next_back().map(|at| at.evidence())
    }

    /// The observation of this number as evidence.
    pub fn evidence(self, event: EventId) -> Evidence {
        Evidence { scene: self.scene, event }
    }

    /// When the recording ended, as far as something was seen.
    pub fn over(self) -> Time {
        let ends = self.timeline().entries.iter().map(|entry| match &entry.kind {
            EntryKind::Call(call) => call.call.until.unwrap_or(entry.time),
            _ => entry.time,
        });
        ends.max().unwrap_or_default()
    }

    fn entries(self) -> impl DoubleEndedIterator<Item = At<'r>> + Clone + use<'r> {
        let scene = self.scene;
        self.timeline().entries.iter().map(move |entry| At { scene, entry })
    }

    fn number(self, program: &str) -> Option<usize> {
        self.timeline().header.programs.iter().position(|it| it.name == program)
    }

    fn program(self, pid: Pid) -> Option<usize> {
        self.timeline().processes.lanes.get(&pid)?.program
    }
}

impl At<'_> {
    fn evidence(&self) -> Evidence {
        Evidence { scene: self.scene, event: self.entry.id }
    }
}

/// Makes evidence of what was found.
macro_rules! shows {
    ($($name:ident)*) => {
        $(impl From<$name<'_>> for Evidence {
            fn from(found: $name<'_>) -> Self {
                found.at.evidence()
            }
        })*
    };
}

shows!(Did Went Stood Grew Ended);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use scope::findings;
    use scope::model::Protocol;
    use scope::testing::Story;
    use wire::tcp_state::TcpState;

    use super::*;
    use crate::experiments::Scene;

    const SERVER: &str = "127.0.0.1:3500";
    const CLIENT: &str = "127.0.0.1:40000";

    /// A client that is refused, once it has sent.
    fn refused() -> Recorded {
        let mut story = Story::new(&["server", "client"]);
        let socket = story.socket(story.pid(1), 3, Protocol::Udp);
        story.send(socket, b"hola", Some(SERVER));
        let state = story.state_of(socket, None, CLIENT, None);
        story.state(state);
        story.datagram(CLIENT, SERVER, b"hola");
        story.port_unreachable(CLIENT, SERVER, b"hola");
        story.counter("Udp.NoPorts", 1);
        story.failing(111).receive(socket, 1024, b"", None);
        story.counter("Udp.NoPorts", 2);
        story.process(story.pid(1), ProcessChange::Ended { wait_status: 256 });
        recorded(story)
    }

    fn recorded(story: Story) -> Recorded {
        let observations = story.finish();
        let timeline = Timeline::build(observations.clone()).unwrap();
        let scene = Scene { id: "only", programs: Vec::new(), settings: Vec::new(), limit: Duration::ZERO };
        let findings = findings::find(&timeline);
        Recorded { scene, timeline, findings, observations, refused: Vec::new(), outputs: Vec::new() }
    }

    #[test]
    fn calls_are_found_by_program_and_name_with_what_came_of_them() {
        let all = [refused()];
        let only = look(&all, "only").unwrap();

        let send = only.call("client", "sendto").unwrap();
        let receive = only.receives("client").next().unwrap();

        assert_eq!((send.moved_bytes(), send.bytes(), send.returned()), (4, &b"hola"[..], Some(4)));
        assert_eq!(send.address().map(|it| it.to_string()).as_deref(), Some(SERVER));
        assert_eq!(
            (receive.errno(), receive.asked_bytes(), receive.took()),
            (Some(111), 1024, Some(Duration::from_micros(10)))
        );
        assert_eq!(only.calls("server").count(), 0);
        assert_eq!(only.calls("nobody").count(), 0);
        assert!(look(&all, "other").is_none());
    }

    #[test]
    fn packets_and_counters_are_found_with_their_evidence() {
        let all = [refused()];
        let only = look(&all, "only").unwrap();

        let [datagram, refusal] = &only.packets().collect::<Vec<_>>()[..] else { panic!() };
        assert!(datagram.is_udp() && datagram.data() == b"hola" && datagram.has_arrived());
        assert_eq!(refusal.icmp(), Some((3, 3)));
        assert_eq!(only.packets_of("client").count(), 1);
        let grew = only.counter("Udp.NoPorts").unwrap();
        assert_eq!((grew.by(), grew.all().count()), (3, 2));
        assert!(only.counter("Udp.InDatagrams").is_none());
        assert_eq!(only.ended("client").unwrap().exit_status(), Some(1));
        assert!(only.ended("server").is_none());
    }

    #[test]
    fn states_of_a_socket_are_found_by_who_has_or_had_it() {
        let mut story = Story::new(&["server"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.listen(socket, 5);
        let state = story.state_of(socket, Some(TcpState::Listen), SERVER, None);
        story.state(state);

        let all = [recorded(story)];
        let stood: Vec<_> = look(&all, "only").unwrap().states("server").collect();

        assert_eq!(stood.len(), 1);
        assert_eq!((stood[0].tcp(), stood[0].local().unwrap().port()), (Some(TcpState::Listen), 3500));
    }
}
