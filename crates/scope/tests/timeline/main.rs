//! What a timeline makes of recordings.

mod calls;
mod datagrams;
mod live;
mod processes;
mod properties;
mod streams;

use scope::model::{EventId, Observation, Pid, SocketId};
use scope::testing::Story;
use scope::timeline::{CallEntry, Class, Crossing, EntryKind, Owner, Role, Timeline};

const SERVER: &str = "127.0.0.1:3500";
const CLIENT: &str = "127.0.0.1:40000";

fn build(story: Story) -> Timeline {
    timeline(story.finish())
}

fn timeline(observations: Vec<Observation>) -> Timeline {
    Timeline::build(observations).expect("a recording")
}

/// A packet by one of its observations.
fn packet(timeline: &Timeline, id: EventId) -> &Crossing {
    match &timeline.entry(id).expect("an entry").kind {
        EntryKind::Packet(crossing) => crossing,
        other => panic!("{other:?}"),
    }
}

fn call(timeline: &Timeline, id: EventId) -> &CallEntry {
    match &timeline.entry(id).expect("an entry").kind {
        EntryKind::Call(call) => call,
        other => panic!("{other:?}"),
    }
}

fn class(timeline: &Timeline, socket: SocketId) -> Class {
    timeline.sockets.get(socket).expect("a socket").class
}

fn holder(pid: Pid, socket: SocketId) -> Owner {
    owner(Some(pid), Some(socket), Role::Holder)
}

fn owner(pid: Option<Pid>, socket: Option<SocketId>, role: Role) -> Owner {
    Owner { pid, socket, role }
}

const KERNEL: Owner = Owner { pid: None, socket: None, role: Role::Kernel };
