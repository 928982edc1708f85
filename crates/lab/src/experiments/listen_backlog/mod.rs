//! 2.5.1: `listen(1)` and two clients.
//!
//! The queue, how it is full, and what becomes of those that find it so: `listen(2)`, `tcp(7)`. A backlog of *n* lets *n* + 1
//! connections wait, since the kernel compares with "more than" (`sk_acceptq_is_full`).

mod full_queue;
mod late_ack;
mod two_clients;

use std::time::Duration;

use super::{Claim, Experiment, Form, Knob, Recorded, Scene, Settings, State};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::ListenBacklog,
    folder: "listen_backlog",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Backlog, Knob::Clients, Knob::Pause],
    scenes,
    forms: FORMS,
    claims,
    expected: &[],
    outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "both-connect", holds: &["slowest"], differs: &["connected", "clients"] },
    Form { id: "waits-in-queue", holds: &["waiting"], differs: &["waiting"] },
    Form { id: "acked-before-accept", holds: &["bytes", "ahead"], differs: &["bytes"] },
    Form { id: "one-at-a-time", holds: &["first", "second"], differs: &["answered", "clients"] },
    Form { id: "limit", holds: &["backlog", "limit"], differs: &["backlog", "limit"] },
    Form {
        id: "clipped",
        holds: &["backlog", "limit", "somaxconn"],
        differs: &["backlog", "limit", "somaxconn"],
    },
    Form {
        id: "admitted",
        holds: &["connected", "clients", "waiting", "limit"],
        differs: &["connected", "clients", "waiting", "limit"],
    },
    Form {
        id: "all-fit",
        holds: &["clients", "waiting", "limit"],
        differs: &["clients", "connected", "limit"],
    },
    Form { id: "silence", holds: &["dropped"], differs: &["dropped", "answers"] },
    Form { id: "overflows", holds: &["overflows", "syns"], differs: &["overflows", "syns"] },
    Form { id: "retry", holds: &["tries", "gap"], differs: &["first", "second"] },
    Form { id: "doubling", holds: &["first", "second"], differs: &["first", "second"] },
    Form { id: "late", holds: &["wait", "took"], differs: &["wait"] },
    Form { id: "held", holds: &["took"], differs: &["took"] },
    Form { id: "ignored", holds: &["again"], differs: &["after"] },
    Form { id: "aborted", holds: &["after"], differs: &[] },
    Form { id: "completed", holds: &["bytes"], differs: &["call", "errno"] },
    Form { id: "broken", holds: &["call", "errno"], differs: &["bytes"] },
];

/// The queue that the exercise asks for.
const BACKLOG: i32 = 1;

/// How many clients a scene has at most: each is a program.
const CLIENTS_MAX: u32 = 32;

/// How many come to a queue that is long, unless more are asked for.
const MANY_CLIENTS: u32 = 10;

/// `net.core.somaxconn` of a network that Linux has just made.
const SOMAXCONN_DEFAULT: u32 = 4096;

const SOMAXCONN: &str = "net.core.somaxconn";
const LINEAR_TIMEOUTS: &str = "net.ipv4.tcp_syn_linear_timeouts";
const ABORT_ON_OVERFLOW: &str = "net.ipv4.tcp_abort_on_overflow";
const OVERFLOWS: &str = "TcpExt.ListenOverflows";

/// What a client sends, and how much a server takes at once: the practical's.
const MESSAGE: &str = "Hola Mundo!";
const BUFFER_BYTES: u32 = 1024;

/// After how long a scene is over whatever happens: a client of a full queue tries for longer than anybody would wait.
const LIMIT: Duration = Duration::from_secs(20);

fn scenes(settings: &Settings) -> Vec<Scene> {
    vec![two_clients::scene(settings), full_queue::scene(settings), late_ack::scene(settings)]
}

fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    [
        two_clients::claims(recorded),
        full_queue::claims(settings, recorded),
        late_ack::claims(settings, recorded),
    ]
    .concat()
}

/// What became of the second client.
fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let state = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (state("both-connect")?, state("one-at-a-time")?) {
        (State::Holds, _) => Some("both-connect"),
        (State::Differs, State::Holds) => Some("second-waits"),
        (State::Differs, State::Differs) => Some("second-refused"),
        _ => None,
    }
}

/// A scene of this experiment.
fn scene(id: &'static str, programs: Vec<super::Cast>) -> Scene {
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

fn backlog(settings: &Settings) -> i32 {
    settings.backlog.unwrap_or(BACKLOG)
}

/// How many connections may wait at most, plus one: what the kernel lets in.
fn places(backlog: i32, settings: &Settings) -> u32 {
    let most = settings.sysctl(SOMAXCONN).unwrap_or(SOMAXCONN_DEFAULT);
    // The kernel compares without a sign: a negative backlog is a very long one.
    backlog.cast_unsigned().min(most).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(backlog: i32, sysctls: &[(&str, &str)]) -> u32 {
        let sysctls = sysctls.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let settings = Settings { sysctls, ..Settings::default() };
        places(backlog, &settings)
    }

    #[test]
    fn a_queue_takes_one_more_than_its_limit_which_the_network_may_clip() {
        assert_eq!([0, 1, 5].map(|backlog| with(backlog, &[])), [1, 2, 6]);
        assert_eq!((with(-1, &[]), with(i32::MAX, &[])), (4097, 4097));
        assert_eq!(with(5, &[(SOMAXCONN, "2")]), 3);
        assert_eq!(with(5, &[(SOMAXCONN, "2"), (SOMAXCONN, "3")]), 4);
    }
}
