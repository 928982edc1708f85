//! Findings about addresses and about connections that do not come about.

use scope::findings::{AddressInUse, DeniedPort, FullAcceptQueue, Holder, NoRoute, RefusedConnection};

use super::{Told, many};
use crate::words::Words;

/// What lets the programs use this machine's network.
const NET_MACHINE: &str = "--net machine";

pub(super) fn refused(words: &Words, facts: &RefusedConnection) -> Told {
    let (program, to) = (&facts.side.program, &facts.to);
    let title = match facts.attempts {
        0 | 1 => words.finding_refused_connection_title(program, to),
        attempts => words.finding_refused_connection_title_again(program, to, attempts),
    };
    let (why, what_to_do) = match (&facts.listens_later, &facts.listens_elsewhere) {
        (Some((listener, ms)), _) => (
            words.finding_refused_connection_why_later(listener, ms),
            words.finding_refused_connection_do_later(),
        ),
        (None, Some((listener, address))) => (
            words.finding_refused_connection_why_elsewhere(listener, address),
            words.finding_refused_connection_do_elsewhere(),
        ),
        (None, None) => (words.finding_refused_connection_why(), words.finding_refused_connection_do()),
    };
    Told { title, why, what_to_do }
}

pub(super) fn full_queue(words: &Words, facts: &FullAcceptQueue) -> Told {
    let (program, dropped) = (&facts.side.program, facts.dropped);
    let why = match (facts.backlog, facts.waiting) {
        (Some(backlog), Some(waiting)) if waiting > backlog => {
            words.finding_full_accept_queue_why_known(backlog, u64::from(waiting), dropped)
        }
        _ => words.finding_full_accept_queue_why(dropped),
    };
    Told {
        title: words.finding_full_accept_queue_title(
            program,
            &facts.at,
            many(facts.clients),
            facts.slowest_ms,
        ),
        why,
        what_to_do: words.finding_full_accept_queue_do(),
    }
}

pub(super) fn in_use(words: &Words, facts: &AddressInUse) -> Told {
    let title = words.finding_address_in_use_title(&facts.side.program, &facts.call, &facts.address);
    let (why, what_to_do) = match &facts.held_by {
        Holder::Socket { side } => (
            words.finding_address_in_use_why_socket(&side.program, side.fd),
            words.finding_address_in_use_do(),
        ),
        Holder::TimeWait { side, closed_ms } if facts.reuse => (
            words.finding_address_in_use_why_time_wait_reuse(&side.program, closed_ms),
            words.finding_address_in_use_do(),
        ),
        Holder::TimeWait { side, closed_ms } => (
            words.finding_address_in_use_why_time_wait(&side.program, closed_ms),
            words.finding_address_in_use_do_time_wait(),
        ),
        Holder::Unknown {} => (words.finding_address_in_use_why(), words.finding_address_in_use_do()),
    };
    Told { title, why, what_to_do }
}

pub(super) fn denied(words: &Words, facts: &DeniedPort) -> Told {
    Told {
        title: words.finding_denied_port_title(&facts.side.program, &facts.address),
        why: words.finding_denied_port_why(),
        what_to_do: words.finding_denied_port_do(),
    }
}

pub(super) fn no_route(words: &Words, facts: &NoRoute) -> Told {
    let (why, what_to_do) = if facts.private {
        (words.finding_no_route_why_private(), words.finding_no_route_do_private(NET_MACHINE))
    } else {
        (words.finding_no_route_why(), words.finding_no_route_do())
    };
    let title = words.finding_no_route_title(&facts.side.program, &facts.call, &facts.to);
    Told { title, why, what_to_do }
}
