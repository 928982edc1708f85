//! Which lines are shown: words that stand in them, `@process` and `:kind`, all of which must hold.

use scope::model::EventId;
use scope::timeline::{Entry, EntryKind, Timeline};

use crate::views::trace::Row;
use crate::words::Words;

/// The longest filter, in characters.
pub(super) const FILTER_CHARACTERS_MAX: usize = 200;

/// Which lines are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// As it was typed.
    pub(super) typed: String,
    texts: Vec<String>,
    processes: Vec<String>,
    kinds: Vec<String>,
}

/// What a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    Packet,
    Socket,
    Process,
    Counter,
    Kernel,
    Note,
}

impl Filter {
    /// Understands what was typed. Small and large letters are the same.
    pub(super) fn new(typed: &str) -> Self {
        let mut filter = Self { typed: typed.to_owned(), ..Self::default() };
        for word in typed.to_lowercase().split_whitespace() {
            match (word.strip_prefix('@'), word.strip_prefix(':')) {
                (Some(process), _) => filter.processes.push(process.to_owned()),
                (_, Some(kind)) => filter.kinds.push(kind.to_owned()),
                _ => filter.texts.push(word.to_owned()),
            }
        }
        filter
    }

    /// Whether it lets everything pass.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.processes.is_empty() && self.kinds.is_empty()
    }

    /// Whether whatever passes this passes `other` too: what did not pass that need not be looked at again.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        self.typed.starts_with(&other.typed)
    }

    /// Whether a line passes. One that is about nothing in particular passes only if everything does.
    pub(super) fn passes(&self, row: &Row, timeline: &Timeline, words: &Words) -> bool {
        if self.is_empty() {
            return true;
        }
        let Some(entry) = row.about.and_then(|id: EventId| timeline.entry(id)) else { return false };
        self.has_text(row) && self.has_process(entry, timeline) && self.has_kind(entry, words)
    }

    fn has_text(&self, row: &Row) -> bool {
        if self.texts.is_empty() {
            return true;
        }
        let text: String = row.text.parts().map(|(_, part)| part).collect();
        let text = text.to_lowercase();
        self.texts.iter().all(|word| text.contains(word))
    }

    fn has_process(&self, entry: &Entry, timeline: &Timeline) -> bool {
        if self.processes.is_empty() {
            return true;
        }
        let names = processes(entry, timeline);
        self.processes.iter().all(|word| names.iter().any(|name| name.starts_with(word)))
    }

    fn has_kind(&self, entry: &Entry, words: &Words) -> bool {
        if self.kinds.is_empty() {
            return true;
        }
        let name = Kind::of(entry).name(words);
        self.kinds.iter().any(|word| name.starts_with(word))
    }
}

impl Kind {
    fn of(entry: &Entry) -> Self {
        match entry.kind {
            EntryKind::Call(_) => Self::Call,
            EntryKind::Packet(_) => Self::Packet,
            EntryKind::Socket(_) => Self::Socket,
            EntryKind::Process(_) => Self::Process,
            EntryKind::Counter(_) => Self::Counter,
            EntryKind::Kernel(_) => Self::Kernel,
            EntryKind::Note(_) => Self::Note,
        }
    }

    fn name(self, words: &Words) -> String {
        match self {
            Self::Call => words.tui_kind_call(),
            Self::Packet => words.tui_kind_packet(),
            Self::Socket => words.tui_kind_socket(),
            Self::Process => words.tui_kind_process(),
            Self::Counter => words.tui_kind_counter(),
            Self::Kernel => words.tui_kind_kernel(),
            Self::Note => words.tui_kind_note(),
        }
    }
}

/// The names of the processes that an entry is about, in small letters: of a packet, both.
fn processes(entry: &Entry, timeline: &Timeline) -> Vec<String> {
    let pids = match &entry.kind {
        EntryKind::Call(call) => vec![call.call.pid],
        EntryKind::Process(process) => vec![process.pid],
        EntryKind::Packet(crossing) => [crossing.from.pid, crossing.to.pid].into_iter().flatten().collect(),
        EntryKind::Socket(state) => {
            let life = timeline.sockets.get(state.socket);
            let holder = state.holder.or_else(|| life?.holder_at(entry.time));
            holder.iter().map(|(pid, _)| *pid).collect()
        }
        EntryKind::Counter(_) | EntryKind::Kernel(_) | EntryKind::Note(_) => Vec::new(),
    };
    pids.into_iter().map(|pid| timeline.processes.name(pid).to_lowercase()).collect()
}
