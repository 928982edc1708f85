//! What each cell of the table says of a socket.

use scope::sockets::{AcceptQueue, Family, NoProcess, Owner, Process, Queues, Row};

use crate::views::printable::printable;
use crate::words::Words;

/// How many of the processes that share a socket are shown; the rest are counted.
const PROCESSES_MAX: usize = 4;

/// What stands where there is nothing to say.
const NOTHING: &str = "-";

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Protocol,
    State,
    Local,
    Peer,
    RecvQueue,
    SendQueue,
    Drops,
    User,
    Program,
    CommandLine,
}

/// The text of each column, in the order of [`Column::ALL`].
pub(super) type Cells = [String; Column::ALL.len()];

impl Column {
    /// The columns as they stand, from left to right.
    pub(super) const ALL: [Self; 10] = [
        Self::Protocol,
        Self::State,
        Self::Local,
        Self::Peer,
        Self::RecvQueue,
        Self::SendQueue,
        Self::Drops,
        Self::User,
        Self::Program,
        Self::CommandLine,
    ];

    /// Returns what stands above the column.
    pub(super) fn heading(self, words: &Words) -> String {
        match self {
            Self::Protocol => words.sockets_protocol(),
            Self::State => words.sockets_state(),
            Self::Local => words.sockets_local(),
            Self::Peer => words.sockets_peer(),
            Self::RecvQueue => words.sockets_recv_queue(),
            Self::SendQueue => words.sockets_send_queue(),
            Self::Drops => words.sockets_drops(),
            Self::User => words.sockets_user(),
            Self::Program => words.sockets_program(),
            Self::CommandLine => words.sockets_command_line(),
        }
    }

    /// Tells whether the column has numbers, which are read from their right end.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::RecvQueue | Self::SendQueue | Self::Drops)
    }
}

/// Says what is known of a socket: one line, and below it one for each further process that shares the socket.
pub(super) fn lines(row: &Row, words: &Words) -> Vec<Cells> {
    let mut owners = owners(&row.owner, words).into_iter();
    let [program, command_line] = owners.next().unwrap_or_default();
    let [recv_queue, send_queue] = queues(row.queues);
    let first = [
        protocol(row),
        row.state.to_string(),
        row.local.to_string(),
        peer(row),
        recv_queue,
        send_queue,
        row.drops.map_or_else(nothing, |drops| drops.to_string()),
        user(row),
        program,
        command_line,
    ];
    let further = owners.map(|[program, command_line]| {
        let mut cells = Cells::default();
        cells[Column::Program as usize] = program;
        cells[Column::CommandLine as usize] = command_line;
        cells
    });
    [first].into_iter().chain(further).collect()
}

/// Tells whether a queue holds all that it can: the kernel lets one connection more in than the limit.
pub(super) fn is_full(queue: AcceptQueue) -> bool {
    queue.length > queue.limit
}

/// Tells whether an IPv6 socket takes IPv4 as well.
pub(super) fn is_dual(row: &Row) -> bool {
    row.v6_only == Some(false)
}

/// Names the protocol as `netstat(8)` does, and as that of the BSDs does for a socket of both families.
fn protocol(row: &Row) -> String {
    let family = match row.family {
        Family::Ipv4 => "",
        Family::Ipv6 if is_dual(row) => "46",
        Family::Ipv6 => "6",
    };
    format!("{}{family}", row.protocol)
}

/// Shows the other side; `*` is whoever comes.
fn peer(row: &Row) -> String {
    match row.peer {
        Some(peer) => peer.to_string(),
        None if row.state.is_listening() => "*".to_owned(),
        None => nothing(),
    }
}

/// Shows what waits to be taken and what waits to leave. Of a listener, nothing ever leaves.
fn queues(queues: Queues) -> [String; 2] {
    match queues {
        Queues::Accept(queue) => {
            let full = if is_full(queue) { "!" } else { "" };
            [format!("{full}{}/{}", queue.length, queue.limit), nothing()]
        }
        Queues::Data { recv_queue_bytes, send_queue_bytes } => {
            [recv_queue_bytes.to_string(), send_queue_bytes.to_string()]
        }
    }
}

fn user(row: &Row) -> String {
    match &row.user {
        Some(user) => user.name.as_deref().map_or_else(|| user.uid.to_string(), printable),
        None => nothing(),
    }
}

/// Shows program and command line of each process that has the socket, or why there is none.
fn owners(owner: &Owner, words: &Words) -> Vec<[String; 2]> {
    let processes = match owner {
        Owner::Processes(processes) => processes,
        Owner::NoProcess(reason) => return vec![[nothing(), reason_for_none(*reason, words)]],
    };
    let shown = processes.iter().take(PROCESSES_MAX).map(process);
    let left = processes.len().saturating_sub(PROCESSES_MAX);
    let rest = (left > 0).then(|| [String::new(), words.sockets_more_processes(left as u64)]);
    shown.chain(rest).collect()
}

fn process(process: &Process) -> [String; 2] {
    let program = format!("{}/{}", process.pid, printable(&process.name));
    [program, printable(&process.command_line.join(" "))]
}

fn reason_for_none(reason: NoProcess, words: &Words) -> String {
    match reason {
        NoProcess::Handshake => words.sockets_handshake(),
        NoProcess::NotAccepted => words.sockets_not_accepted(),
        NoProcess::Closed => words.sockets_closed(),
        NoProcess::TimeWait => words.sockets_time_wait(),
        NoProcess::Hidden => words.sockets_hidden_process(),
        NoProcess::NotSeen => words.sockets_not_seen(),
    }
}

fn nothing() -> String {
    NOTHING.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{connection, listener, process};
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_queue_is_full_with_one_more_than_its_limit() {
        assert!(!is_full(AcceptQueue { length: 1, limit: 1 }));
        assert!(is_full(AcceptQueue { length: 2, limit: 1 }));
        assert_eq!(queues(listener(2, 1).queues), ["!2/1", "-"]);
    }

    #[test]
    fn a_command_line_cannot_speak_to_the_terminal() {
        let mut row = connection();
        row.owner = Owner::Processes(vec![process(7, "sh", &["sh", "-c", "one\ntwo\u{1b}[2J \u{9b}ñ"])]);

        let cells = lines(&row, &Words::new(Lang::English));

        assert_eq!(cells[0][Column::CommandLine as usize], r"sh -c one\ntwo\u{1b}[2J \u{9b}ñ");
    }

    #[test]
    fn the_processes_that_share_a_socket_are_shown_up_to_a_number() {
        for (count, line_count) in
            [(1, 1), (PROCESSES_MAX, PROCESSES_MAX), (PROCESSES_MAX + 1, PROCESSES_MAX + 1)]
        {
            let mut row = connection();
            row.owner = Owner::Processes(vec![process(7, "worker", &["worker"]); count]);

            let cells = lines(&row, &Words::new(Lang::English));

            assert_eq!(cells.len(), line_count);
            let last = &cells[line_count - 1][Column::CommandLine as usize];
            assert_eq!(last == "(and 1 more)", count > PROCESSES_MAX, "{last}");
        }
    }
}
