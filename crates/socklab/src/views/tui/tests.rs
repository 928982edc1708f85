//! Recordings made by hand, on a screen that is none.

use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use scope::findings::Severity;
use scope::model::{EventId, Observation, ProcessChange, Protocol, Time, What};
use scope::testing::Story;
use scope::timeline::{Builder, Timeline};
use wire::tcp_state::TcpState;

use super::pane::Pane;
use super::{Effect, Key, State, draw};
use crate::lang::Lang;
use crate::views::finding::Said;
use crate::words::Words;

const SERVER: &str = "127.0.0.1:3500";
const CLIENT: &str = "127.0.0.1:40001";
const LANGS: [Lang; 2] = [Lang::English, Lang::Spanish];

#[test]
fn a_recording_is_shown_with_the_details_of_the_chosen_line() {
    assert_snapshot!(in_both((100, 30), |state| press(state, "jjjj")));
}

#[test]
fn a_wide_screen_has_two_panes_and_a_narrow_one_the_one_that_was_used_last() {
    let keys = |state: &mut State<'_>| {
        state.press(Key::End);
        state.press(Key::Up);
        state.press(Key::Tab);
        state.press(Key::Tab);
    };

    assert_snapshot!(in_both((140, 30), keys));
    assert_snapshot!(in_both((80, 24), keys));
}

#[test]
fn a_finding_leads_to_its_evidence() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    state.resize(Rect::new(0, 0, 100, 30));
    press(&mut state, "/zzz");
    state.press(Key::Enter);
    for _ in 0..3 {
        state.press(Key::Tab);
    }

    state.press(Key::Enter);

    // The filter would have hidden it.
    assert_eq!(state.moment().map(|(id, _)| id), Some(evidence(&state)[1]));
    assert_snapshot!(screen(&state, (100, 30), false));
    state.press(Key::Enter);
    assert_eq!(state.moment().map(|(id, _)| id), Some(evidence(&state)[0]));
    state.press(Key::Enter);
    assert_eq!(state.moment().map(|(id, _)| id), Some(evidence(&state)[1]));
}

#[test]
fn a_filter_works_while_it_is_typed_and_escape_takes_it_back() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    let all = state.rows.shown.len();
    for (typed, shown) in
        [("recv", 1), (":packet", 7), ("@cli :call", 5), (":counter", 0), ("@CLIENT hola", 2)]
    {
        press(&mut state, &format!("/{typed}"));
        assert_eq!(state.rows.shown.len(), shown, "{typed}");

        state.press(Key::Escape);
        assert_eq!(state.rows.shown.len(), all);
    }
    press(&mut state, "/:call");
    state.press(Key::Enter);
    press(&mut state, "/ connect");
    // Where it begins, and where it returns.
    assert_eq!(state.rows.shown.len(), 2);
    state.press(Key::Escape);
    assert_eq!(state.rows.filter.typed, ":call");
    state.press(Key::Escape);
    assert_eq!(state.rows.shown.len(), all);
}

#[test]
fn a_kind_has_its_name_in_each_language() {
    for (lang, kind) in [(Lang::English, ":packet"), (Lang::Spanish, ":paquete")] {
        let words = Words::new(lang);
        let mut state = state(&words);
        press(&mut state, &format!("/{kind}"));

        assert_eq!(state.rows.shown.len(), 7, "{kind}");
    }
}

#[test]
fn keys_move_within_what_there_is() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    let last = state.rows.shown.len() - 1;
    for (key, at) in [
        (Key::Up, 0),
        (Key::Down, 1),
        (Key::Char('j'), 2),
        (Key::Char('k'), 1),
        (Key::End, last),
        (Key::Down, last),
        (Key::Home, 0),
        (Key::Char('G'), last),
        (Key::Char('g'), 0),
    ] {
        state.press(key);

        assert_eq!(state.rows.cursor.at, at, "{key:?}");
    }
    state.press(Key::PageDown);
    assert_eq!(state.rows.cursor.at, state.height_of(Pane::Lines));
}

#[test]
fn q_and_ctrl_c_quit_and_in_a_filter_they_do_not() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    for key in [Key::Char('q'), Key::Ctrl('c')] {
        assert_eq!(state.press(key), Effect::Quit);

        state.press(Key::Char('/'));
        assert_eq!(state.press(key), Effect::None);
        state.press(Key::Escape);
    }
}

#[test]
fn tab_goes_round_all_panes_and_back() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(state.focus);
        state.press(Key::Tab);
    }

    assert_eq!(seen, super::pane::PANES);
    assert_eq!(state.focus, Pane::Lines);
    state.press(Key::BackTab);
    assert_eq!(state.focus, Pane::Output);
}

#[test]
fn who_scrolls_up_is_left_alone_and_who_goes_to_the_end_follows_again() {
    let words = Words::new(Lang::English);
    let mut live = Live::new(&words, 20);
    live.happens(10);
    assert!(live.is_at_the_end());

    live.state.press(Key::Up);
    let was = live.state.rows.cursor.at;
    live.happens(20);
    assert_eq!(live.state.rows.cursor.at, was);

    live.state.press(Key::End);
    live.happens(30);
    assert!(live.is_at_the_end());
}

#[test]
fn a_pause_holds_the_lines_and_the_recording_goes_on() {
    let words = Words::new(Lang::English);
    let mut live = Live::new(&words, 20);
    live.happens(10);
    let shown = live.state.rows.shown.len();

    live.state.press(Key::Char(' '));
    live.happens(30);

    assert_eq!(live.state.rows.shown.len(), shown);
    assert!(live.state.record.rows.len() > shown);
    assert_snapshot!(screen(&live.state, (80, 20), false));
    live.state.press(Key::Char(' '));
    assert_eq!(live.state.rows.shown.len(), live.state.record.rows.len());
    assert!(live.is_at_the_end());
}

#[test]
fn what_is_typed_at_the_output_is_for_the_programs() {
    let words = Words::new(Lang::English);
    let mut live = Live::new(&words, 20);
    live.state.write("¿nombre? ".as_bytes());
    live.state.press(Key::BackTab);

    for (key, typed) in [
        (Key::Char('q'), "q"),
        (Key::Char('ñ'), "ñ"),
        (Key::Backspace, "\x7f"),
        (Key::Enter, "\n"),
        (Key::Ctrl('d'), "\x04"),
    ] {
        assert_eq!(live.state.press(key), Effect::Type(typed.as_bytes().to_vec()));
    }
    assert_eq!(live.state.press(Key::Ctrl('c')), Effect::Quit);
    live.state.press(Key::Escape);
    assert_eq!(live.state.focus, Pane::Lines);
}

#[test]
fn the_end_of_a_recording_keeps_the_chosen_moment() {
    let words = Words::new(Lang::English);
    let mut live = Live::new(&words, 20);
    live.happens(20);
    live.state.press(Key::Up);
    live.state.press(Key::Up);
    let was = live.state.moment();

    let timeline = Timeline::build(live.observations.clone()).unwrap();
    live.state.end(timeline, Vec::new());

    assert_eq!(live.state.moment(), was);
    assert_eq!(live.state.press(Key::Char('q')), Effect::Quit);
}

#[test]
fn the_keys_are_explained_in_both_languages() {
    assert_snapshot!(in_both((80, 24), |state| press(state, "?")));
}

#[test]
fn no_screen_is_too_small() {
    let words = Words::new(Lang::English);
    let mut state = state(&words);
    for (width, height) in [(1, 1), (3, 2), (20, 5), (40, 12), (300, 100)] {
        screen_of(&mut state, (width, height), true);
        for key in [Key::Tab, Key::Down, Key::Enter, Key::Char('?'), Key::PageDown] {
            state.press(key);
            screen_of(&mut state, (width, height), true);
        }
    }
}

#[test]
fn fifty_thousand_entries_are_only_drawn_as_far_as_they_are_seen() {
    let words = Words::new(Lang::English);
    let mut story = Story::new(&["client"]);
    let socket = story.socket(story.pid(0), 3, Protocol::Udp);
    for number in 0..50_000_u32 {
        story.wait_us(10).send(socket, &number.to_be_bytes(), Some(SERVER));
    }
    let mut state = State::of(Timeline::build(story.finish()).unwrap(), Vec::new(), false, &words);
    let shown = state.rows.shown.len();
    assert!(shown >= 50_000);

    state.resize(Rect::new(0, 0, 120, 40));
    state.press(Key::End);
    press(&mut state, "/sendto");

    assert!(state.rows.shown.len() >= 50_000);
    assert!(state.rows.cursor.range(40, shown).len() <= 40);
}

/// A recording that is being made.
struct Live<'w> {
    state: State<'w>,
    builder: Builder,
    observations: Vec<Observation>,
    story: Story,
    socket: scope::testing::Socket,
}

impl<'w> Live<'w> {
    fn new(words: &'w Words, height: u16) -> Self {
        let mut story = Story::new(&["client"]);
        let client = story.pid(0);
        let socket = story.at_us(100).socket(client, 3, Protocol::Udp);
        let mut observations = story.clone().finish();
        observations.retain(|it| !matches!(it.what, What::Summary(_)));
        let What::Recording(header) = &observations[0].what else { panic!("no header") };
        let mut state = State::live(Timeline::of(header.clone()), false, words);
        state.resize(Rect::new(0, 0, 80, height));
        let mut builder = Builder::new();
        for observation in &observations {
            builder.push(observation.clone());
        }
        Self { state, builder, observations, story, socket }
    }

    /// Ten calls, up to this time in milliseconds.
    fn happens(&mut self, until_ms: u64) {
        for number in 0..10 {
            let at_us = until_ms * 1000 - 1000 + number * 10;
            self.story.at_us(at_us).send(self.socket, b"hola", Some(SERVER));
        }
        let mut observations = self.story.clone().finish();
        observations.retain(|it| !matches!(it.what, What::Summary(_)));
        for observation in observations.iter().skip(self.observations.len()) {
            self.builder.push(observation.clone());
        }
        self.observations = observations;
        let until = Time(until_ms * 1_000_000);
        let entries = self.builder.settle(until);
        self.state.add(entries, self.builder.processes(), self.builder.sockets(), until);
    }

    fn is_at_the_end(&self) -> bool {
        self.state.rows.cursor.at + 1 == self.state.rows.shown.len()
    }
}

fn press(state: &mut State<'_>, keys: &str) {
    for key in keys.chars() {
        state.press(Key::Char(key));
    }
}

fn in_both(size: (u16, u16), keys: impl Fn(&mut State<'_>)) -> String {
    let screens = LANGS.map(|lang| {
        let words = Words::new(lang);
        let mut state = state(&words);
        state.resize(Rect::new(0, 0, size.0, size.1));
        keys(&mut state);
        screen(&state, size, false)
    });
    screens.join("\n")
}

fn screen_of(state: &mut State<'_>, size: (u16, u16), color: bool) -> String {
    state.resize(Rect::new(0, 0, size.0, size.1));
    screen(state, size, color)
}

fn screen(state: &State<'_>, (width, height): (u16, u16), color: bool) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(state, color, frame)).unwrap();
    terminal.backend().to_string()
}

fn evidence(state: &State<'_>) -> Vec<EventId> {
    state.findings.all[0].evidence.clone()
}

fn state(words: &Words) -> State<'_> {
    let timeline = Timeline::build(echo()).unwrap();
    let calls = timeline.entries.iter().filter(|entry| {
        matches!(&entry.kind, scope::timeline::EntryKind::Call(call) if call.call.call.name().starts_with("send"))
    });
    let evidence: Vec<_> = calls.map(|entry| entry.id).collect();
    let found = Said {
        at: timeline.entries.last().unwrap().time,
        severity: Severity::Fault,
        title: "client sends before server reads".to_owned(),
        why: "made by hand, with a reason that takes more than one line of a screen that is not very wide"
            .to_owned(),
        what_to_do: "nothing".to_owned(),
        shown_by: evidence[1],
        evidence,
    };
    State::of(timeline, vec![found], false, words)
}

/// A server that is slow to accept, and its client.
fn echo() -> Vec<Observation> {
    let mut story = Story::new(&["server", "client"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let (s, c) = ("/home/ana/server.py", "/home/ana/client.py");
    let listener = story.at_us(20_000).line(s, 4).socket(server, 3, Protocol::Tcp);
    story.line(s, 5).bind(listener, SERVER);
    story.line(s, 6).listen(listener, 5);
    let mut queue = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    queue.send_queue = 5;
    story.state(queue.clone());
    let socket = story.at_us(48_000).line(c, 3).socket(client, 3, Protocol::Tcp);
    story.at_us(48_100).line(c, 8).taking_us(77).connect(socket, SERVER);
    story.at_us(48_120).handshake(CLIENT, SERVER);
    queue.recv_queue = 1;
    story.at_us(48_180).state(queue.clone());
    story.state(story.state_of(socket, Some(TcpState::Established), CLIENT, Some(SERVER)));
    story.wait_us(20).line(c, 9).send(socket, b"hola", None);
    story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");
    story.segment(SERVER, CLIENT, ".", (1, 5), b"");
    let accepted = story.at_us(548_000).line(s, 8).accept(listener, 4, CLIENT);
    queue.recv_queue = 0;
    story.state(queue);
    let mut state = story.state_of(accepted, Some(TcpState::Established), SERVER, Some(CLIENT));
    state.recv_queue = 4;
    story.state(state.clone());
    story.line(s, 9).receive(accepted, 4, b"hola", None);
    state.recv_queue = 0;
    story.state(state);
    story.at_us(548_600).line(s, 10).send(accepted, b"hola", None);
    story.segment(SERVER, CLIENT, "P.", (1, 5), b"hola");
    story.at_us(548_750).line(c, 11).close(socket);
    story.segment(CLIENT, SERVER, "F.", (5, 5), b"");
    for (pid, status) in [(server, 0), (client, 0)] {
        story.at_us(550_000).process(pid, ProcessChange::Ended { wait_status: status });
    }
    story.finish()
}
