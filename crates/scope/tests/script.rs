//! Timelines as scripts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use scope::model::{Fd, ProcessChange, Protocol};
use scope::script::{LINE_BYTES_MAX, Options, Part, Problem, SCRIPT_BYTES_MAX, compare, read, write};
use scope::testing::Story;
use scope::timeline::Timeline;
use wire::tcp_state::TcpState;

const SERVER: &str = "127.0.0.1:3500";
static EXCHANGE: LazyLock<Timeline> = LazyLock::new(|| exchange(40_000, 3));
const DOCUMENT: &str = include_str!("../../../docs/script.md");

#[test]
fn the_example_of_the_document_is_written_by_the_exchange_that_it_describes() {
    let written = write(&exchange(40_000, 3), &Options::default());

    assert_eq!(written, examples()[0]);
}

#[test]
fn every_example_of_the_document_is_read() {
    let examples = examples();
    assert!(examples.len() >= 3, "{} examples", examples.len());
    for example in examples {
        if let Err(error) = read(&example) {
            panic!("{error}:\n{example}");
        }
    }
}

#[test]
fn the_exchange_of_the_document_is_also_as_its_shorter_script_says() {
    let timeline = exchange(51_234, 900);

    for example in &examples()[..2] {
        let script = read(example).expect("a script");
        compare(&script, &timeline).unwrap_or_else(|difference| panic!("{difference}"));
    }
}

#[test]
fn a_difference_points_at_the_first_line_that_differs() {
    let text = write(&exchange(40_000, 3), &Options::default());
    let wrong = text.replace("= 4\n", "= 3\n");

    let difference =
        compare(&read(&wrong).expect("a script"), &exchange(40_000, 3)).expect_err("a difference");

    let expected = wrong.lines().nth(difference.line - 1).expect("a line");
    assert_eq!(difference.expected.as_deref(), Some(expected));
    assert_eq!(difference.column, expected.len(), "{difference}");
    assert_eq!(difference.found.as_deref(), text.lines().nth(difference.line - 1));
}

#[test]
fn what_is_missing_and_what_is_too_much_are_differences() {
    let timeline = exchange(40_000, 3);
    let text = write(&timeline, &Options::default());
    let (all_but_last, _) = text.trim_end().rsplit_once('\n').expect("lines");
    let longer = format!("{text}client +0 close(9) = 0\n");

    let more = compare(&read(all_but_last).expect("a script"), &timeline).expect_err("a difference");
    let less = compare(&read(&longer).expect("a script"), &timeline).expect_err("a difference");

    assert_eq!((more.expected, more.line), (None, text.lines().count()));
    assert_eq!((less.found, less.line), (None, text.lines().count() + 1));
}

#[test]
fn one_port_does_not_stand_for_two() {
    let text = write(&exchange(40_000, 3), &Options::default());
    let mixed = text.replacen(":40000 >", ":40001 >", 1);

    assert!(compare(&read(&mixed).expect("a script"), &exchange(40_000, 3)).is_err());
}

#[test]
fn times_may_differ_by_the_tolerance_and_no_more() {
    let script = |text: &str| read(text).expect("a script");
    let mut story = Story::new(&["client"]);
    let pid = story.pid(0);
    story.sleep_us(pid, 200_000);
    let timeline = Timeline::build(story.finish()).expect("a recording");

    let near = script("--tolerance=0.01\nclient +0...0.209 clock_nanosleep(0.195s) = 0");
    let far = script("--tolerance=0.01\nclient +0...0.211 clock_nanosleep(0.195s) = 0");
    let any = script("client * clock_nanosleep(*) = *");
    let other = script("client * nanosleep(*) = *");

    assert_eq!(compare(&near, &timeline), Ok(()));
    assert_eq!(compare(&far, &timeline).map_err(|difference| difference.column), Err(8));
    assert_eq!(compare(&any, &timeline), Ok(()));
    assert_eq!(compare(&other, &timeline).map_err(|difference| difference.column), Err(10));
}

#[test]
fn errors_name_line_and_column() {
    for (text, line, column, problem) in [
        ("client", 1, 7, Problem::NoTime),
        ("\n# so\nclient now close(3) = 0", 3, 8, Problem::NoTime),
        ("client +0", 1, 10, Problem::Nothing),
        ("(client) +0 close(3) = 0", 1, 1, Problem::NoLane),
        ("client +0 open(3) = 0", 1, 11, Problem::UnknownCall("open".to_owned())),
        ("client +0 close(3) =", 1, 21, Problem::NoResult),
        ("client +0 close(3)", 1, 19, Problem::NoResult),
        ("client +0 close(3 = 0", 1, 16, Problem::Unpaired),
        ("client +0 close(3)) = 0", 1, 19, Problem::Unpaired),
        ("client +0 send \"a", 1, 16, Problem::OpenText),
        ("client +0 :1 > :2", 1, 18, Problem::Packet),
        ("client +0 wept", 1, 11, Problem::UnknownEvent("wept".to_owned())),
        ("--loud", 1, 1, Problem::Option("--loud".to_owned())),
        ("--show=calls,rain", 1, 1, Problem::Option("--show=calls,rain".to_owned())),
    ] {
        let error = read(text).expect_err(text);

        assert_eq!((error.line, error.column, error.problem), (line, column, problem), "{text}");
    }
}

#[test]
fn scripts_and_lines_have_a_maximum() {
    let line = |length: usize| format!("client +0 released {}", "x".repeat(length - 19));

    assert!(read(&line(LINE_BYTES_MAX)).is_ok());
    assert_eq!(read(&line(LINE_BYTES_MAX + 1)).expect_err("too long").problem, Problem::LineTooLong);
    let comment = "#".repeat(1023) + "\n";
    let script = comment.repeat(SCRIPT_BYTES_MAX / comment.len());
    assert!(read(&script).is_ok());
    let long = script + "#";
    assert_eq!(read(&long).expect_err("too long").problem, Problem::ScriptTooLong);
}

#[test]
fn every_kind_of_line_is_read_as_it_is_written() {
    let mut story = Story::new(&["a server", "client"]);
    let pid = story.pid(0);
    let socket = story.socket(pid, 3, Protocol::Udp);
    story.process(pid, ProcessChange::Forked { child: scope::model::Pid(7) });
    story.process(pid, ProcessChange::Ended { wait_status: 9 });
    let state = story.state_of(socket, Some(TcpState::Listen), "[::1]:3500", None);
    story.state(state);
    story.counter("TcpExt.ListenDrops", 2);
    story.note(scope::model::Note::NoPrivilege { pid, file: "/bin/a \"b\"".to_owned() });
    story.failing(111).connect(socket, "unix:/tmp/a (b)");
    story.for_ever().receive(socket, 10, b"", None);
    story.port_unreachable("[::1]:40000", "[::1]:3500", "año\0\x1b".as_bytes());
    story.send(socket, b"\xff\n and a text that is longer than what is shown", Some("[::1]:3500"));
    let timeline = Timeline::build(story.finish()).expect("a recording");
    let show = BTreeSet::from([
        Part::Calls,
        Part::Packets,
        Part::Sockets,
        Part::Counters,
        Part::Processes,
        Part::Notes,
        Part::Hidden,
    ]);

    let text = write(&timeline, &Options { show, ..Options::default() });

    let script = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(compare(&script, &timeline), Ok(()), "{text}");
}

proptest! {
    #[test]
    fn no_text_is_a_reason_to_panic(text in "(client|\\*|\"a b\")? ?[+*0-9.]{0,8} ?[a-z:0-9(){},=>*\"\\\\ #\n-]{0,60}") {
        if let Ok(script) = read(&text) {
            let _ = compare(&script, &EXCHANGE);
        }
    }
}

/// The exchange that the document's example shows; the client's port and the time that everything takes can be others.
fn exchange(port: u16, takes_us: u64) -> Timeline {
    let client_address = format!("127.0.0.1:{port}");
    let mut story = Story::new(&["server", "client"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let listener = story.taking_us(takes_us).socket(server, 3, Protocol::Tcp);
    story.taking_us(takes_us).bind(listener, SERVER);
    story.taking_us(takes_us).listen(listener, 1);
    story.sleep_us(server, 200_000);
    let began = story.wait_us(30).socket(client, 3, Protocol::Tcp);
    story.taking_us(40).connect(began, SERVER);
    story.at_us(200_100 + takes_us * 4);
    story.handshake(&client_address, SERVER);
    let connection = story.wait_us(60).accept(listener, 4, &client_address);
    story.send(began, b"hola", None);
    story.segment(&client_address, SERVER, "P.", (1, 1), b"hola");
    story.segment(SERVER, &client_address, ".", (1, 5), b"");
    story.receive(connection, 1024, b"hola", None);
    story.close(connection);
    story.segment(SERVER, &client_address, "F.", (1, 5), b"");
    let on_end = scope::testing::Socket { fd: Fd(3), ..began };
    story.receive(on_end, 1024, b"", None);
    Timeline::build(story.finish()).expect("a recording")
}

/// The blocks of the document that are scripts.
fn examples() -> Vec<String> {
    let blocks = DOCUMENT.split("```script\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}
