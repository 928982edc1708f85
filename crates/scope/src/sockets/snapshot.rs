//! Puts together what the two sources told.

use serde::Serialize;
use wire::sock_diag::{Entry, State};
use wire::tcp_state::TcpState;

use super::filter::Filter;
use super::holders::Holders;
use super::row::{NoProcess, Owner, Row};
use super::users::Users;

/// The sockets of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Those that the filter admits: the listening ones first, then by local port and peer.
    pub rows: Vec<Row>,
    /// What this user may not see.
    pub hidden: Hidden,
}

impl Snapshot {
    /// Joins sockets with the processes that have them open.
    pub(super) fn assemble(entries: &[Entry], holders: &Holders, users: &Users, filter: &Filter) -> Self {
        let mut rows: Vec<_> =
            entries.iter().map(|entry| Row::new(entry, owner(entry, holders), users)).collect();
        let hidden = Hidden {
            sockets: rows.iter().filter(|row| is_hidden(row)).count(),
            processes: holders.unreadable,
        };
        rows.retain(|row| filter.admits_owner(&row.owner));
        rows.sort_by_cached_key(Row::order);
        Self { rows, hidden }
    }
}

/// How much of the answer this user may not see.
///
/// Only the same user, or one with `CAP_SYS_PTRACE`, may look into `/proc/PID/fd` (`proc(5)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hidden {
    /// How many sockets have an owner that is hidden. A filter by process leaves out their rows, yet they count: one
    /// of them may be what was looked for.
    pub sockets: usize,
    /// How many processes hide what they have open. Any of them may also share a socket whose process is shown.
    pub processes: usize,
}

fn is_hidden(row: &Row) -> bool {
    row.owner == Owner::NoProcess(NoProcess::Hidden)
}

fn owner(entry: &Entry, holders: &Holders) -> Owner {
    match holders.by_inode.get(&entry.inode) {
        Some(processes) => {
            let mut processes = processes.clone();
            processes.sort_by_key(|process| process.pid);
            Owner::Processes(processes)
        }
        None if entry.inode == 0 => Owner::NoProcess(why_no_program_has_it(entry.state)),
        None if holders.unreadable > 0 => Owner::NoProcess(NoProcess::Hidden),
        None => Owner::NoProcess(NoProcess::NotSeen),
    }
}

/// Tells why a socket is the kernel's alone, which its state decides.
///
/// A program that closes its socket leaves it in one of the states of the active close or in `LAST-ACK`
/// (RFC 9293 §3.6), so what is still open both ways, or closed by the peer alone, was never accepted.
fn why_no_program_has_it(state: State) -> NoProcess {
    match state {
        State::Tcp(TcpState::SynReceived) => NoProcess::Handshake,
        State::Tcp(TcpState::Established | TcpState::CloseWait) => NoProcess::NotAccepted,
        State::Tcp(TcpState::FinWait1 | TcpState::FinWait2 | TcpState::Closing | TcpState::LastAck) => {
            NoProcess::Closed
        }
        State::Tcp(TcpState::TimeWait) => NoProcess::TimeWait,
        _ => NoProcess::NotSeen,
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Process;
    use super::super::samples::{connection, listener, process, udp};
    use super::*;

    #[test]
    fn listeners_come_first_and_the_rest_goes_by_port() {
        let entries = [
            connection(50000, 3500),
            connection(3500, 50001),
            udp(4000),
            connection(3500, 50000),
            listener(3500),
        ];

        let snapshot = assemble(&entries, &Holders::default());

        let order: Vec<_> =
            snapshot.rows.iter().map(|row| (row.local.port(), row.peer.map(|peer| peer.port()))).collect();
        let expected =
            [(3500, None), (4000, None), (3500, Some(50000)), (3500, Some(50001)), (50000, Some(3500))];
        assert_eq!(order, expected);
    }

    #[test]
    fn a_shared_socket_lists_every_process_by_pid() {
        let entries = [listener(3500)];
        let sharers = vec![process(9, "child", &[]), process(7, "parent", &[])];

        let snapshot = assemble(&entries, &held(&entries[0], sharers));

        let pids = snapshot.rows[0].owner.processes().iter().map(|it| it.pid);
        assert_eq!(pids.collect::<Vec<_>>(), [7, 9]);
    }

    #[test]
    fn what_the_kernel_has_alone_is_told_by_its_state() {
        let reasons = [
            (TcpState::SynReceived, NoProcess::Handshake),
            (TcpState::Established, NoProcess::NotAccepted),
            (TcpState::CloseWait, NoProcess::NotAccepted),
            (TcpState::FinWait1, NoProcess::Closed),
            (TcpState::LastAck, NoProcess::Closed),
            (TcpState::TimeWait, NoProcess::TimeWait),
            (TcpState::Unknown(99), NoProcess::NotSeen),
        ];
        for (state, reason) in reasons {
            let entry = Entry { state: State::Tcp(state), inode: 0, ..connection(3500, 50000) };

            let snapshot = assemble(&[entry], &Holders::default());

            assert_eq!(snapshot.rows[0].owner, Owner::NoProcess(reason), "{state}");
        }
    }

    #[test]
    fn a_socket_nobody_has_is_hidden_if_somebody_hides() {
        let readable = Holders::default();
        let partly = Holders { unreadable: 3, ..Holders::default() };

        let not_seen = assemble(&[listener(3500)], &readable);
        let hidden = assemble(&[listener(3500)], &partly);

        let owners = [&not_seen, &hidden].map(|snapshot| snapshot.rows[0].owner.clone());
        let expected = [NoProcess::NotSeen, NoProcess::Hidden].map(Owner::NoProcess);
        assert_eq!(owners, expected);
        let counts = (hidden.hidden.sockets, hidden.hidden.processes);
        assert_eq!(counts, (1, 3));
    }

    #[test]
    fn a_filter_by_process_still_counts_what_is_hidden() {
        let ours = listener(3500);
        let mut holders = held(&ours, vec![process(7, "server", &[])]);
        holders.unreadable = 1;
        let filter = Filter { pids: vec![7], ..Filter::default() };

        let entries = [ours, listener(22)];
        let snapshot = Snapshot::assemble(&entries, &holders, &Users::default(), &filter);

        assert_eq!(snapshot.rows.len(), 1);
        assert_eq!(snapshot.hidden.sockets, 1);
    }

    #[test]
    fn json_has_queues_and_owner_beside_the_other_fields() {
        let entries = [listener(3500)];
        let server = process(7, "python3", &["python3", "server.py"]);
        let held = assemble(&entries, &held(&entries[0], vec![server]));
        let unheld = assemble(&[connection(3500, 50000)], &Holders::default());

        let [held, unheld] = [held, unheld].map(|it| serde_json::to_value(&it.rows[0]).unwrap());

        let expected = serde_json::json!({
            "protocol": "tcp",
            "family": "ipv4",
            "state": "LISTEN",
            "local": "127.0.0.1:3500",
            "peer": null,
            "interface": null,
            "v6_only": null,
            "accept_queue": {"length": 1, "limit": 2},
            "drops": 0,
            "recv_buffer_bytes": 131_072,
            "send_buffer_bytes": 16384,
            "timer": null,
            "retransmits": 0,
            "user": {"uid": 1001, "name": null},
            "inode": 229_376_000,
            "cookie": 229_376_000,
            "processes": [{
                "pid": 7,
                "name": "python3",
                "command_line": ["python3", "server.py"],
                "user": {"uid": 1001, "name": null},
                "fds": [3],
            }],
        });
        assert_eq!(held, expected);
        assert_eq!(unheld["peer"], "127.0.0.1:50000");
        assert_eq!(unheld["recv_queue_bytes"], 0);
        assert_eq!(unheld["send_queue_bytes"], 0);
        assert_eq!(unheld["no_process"], "not_seen");
    }

    fn assemble(entries: &[Entry], holders: &Holders) -> Snapshot {
        Snapshot::assemble(entries, holders, &Users::default(), &Filter::default())
    }

    fn held(entry: &Entry, processes: Vec<Process>) -> Holders {
        Holders { by_inode: [(entry.inode, processes)].into(), unreadable: 0 }
    }
}
