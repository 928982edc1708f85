//! The names of details: each stands once in the page, however often it is used.

use std::collections::BTreeMap;

use crate::words::Words;

/// The name of a detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Process,
    Thread,
    Socket,
    Outcome,
    Ended,
    Took,
    Source,
    From,
    To,
    Departed,
    Arrived,
    OnTheWay,
    Length,
    Data,
    Interface,
    Protocol,
    Numbers,
    Window,
    Options,
    Hops,
    Fragment,
    About,
    State,
    Local,
    Peer,
    RecvQueue,
    SendQueue,
    Waiting,
    Drops,
    Buffers,
    Shared,
    Command,
    /// An argument or a figure, by its Unix name, which no language changes.
    Name(&'static str),
}

/// The names that are in use.
#[derive(Debug, Default)]
pub(super) struct Labels(BTreeMap<Label, usize>);

impl Labels {
    /// The place of a name in the list that the page gets.
    pub(super) fn place(&mut self, label: Label) -> usize {
        let next = self.0.len();
        *self.0.entry(label).or_insert(next)
    }

    /// The list.
    pub(super) fn say(&self, words: &Words) -> Vec<String> {
        let mut said = vec![String::new(); self.0.len()];
        for (label, place) in &self.0 {
            said[*place] = label.say(words);
        }
        said
    }
}

impl Label {
    fn say(self, words: &Words) -> String {
        match self {
            Self::Process => words.page_label_process(),
            Self::Thread => words.page_label_thread(),
            Self::Socket => words.page_label_socket(),
            Self::Outcome => words.page_label_outcome(),
            Self::Ended => words.page_label_ended(),
            Self::Took => words.page_label_took(),
            Self::Source => words.page_label_source(),
            Self::From => words.page_label_from(),
            Self::To => words.page_label_to(),
            Self::Departed => words.page_label_departed(),
            Self::Arrived => words.page_label_arrived(),
            Self::OnTheWay => words.page_label_on_the_way(),
            Self::Length => words.page_label_length(),
            Self::Data => words.page_label_data(),
            Self::Interface => words.page_label_interface(),
            Self::Protocol => words.page_label_protocol(),
            Self::Numbers => words.page_label_numbers(),
            Self::Window => words.page_label_window(),
            Self::Options => words.page_label_options(),
            Self::Hops => words.page_label_hops(),
            Self::Fragment => words.page_label_fragment(),
            Self::About => words.page_label_about(),
            Self::State => words.page_label_state(),
            Self::Local => words.page_label_local(),
            Self::Peer => words.page_label_peer(),
            Self::RecvQueue => words.page_label_recv_queue(),
            Self::SendQueue => words.page_label_send_queue(),
            Self::Waiting => words.page_label_waiting(),
            Self::Drops => words.page_label_drops(),
            Self::Buffers => words.page_label_buffers(),
            Self::Shared => words.page_label_shared(),
            Self::Command => words.page_label_command(),
            Self::Name(name) => name.to_owned(),
        }
    }
}
