//! The experiments of the first part: what comes true of the predictions, and that each variation has its own answer.

use serde_json::Value;

use crate::support::lab;

/// What was said of an experiment that was varied.
struct Run(Vec<Value>);

impl Run {
    fn of(exercise: &str, flags: &[&str]) -> Self {
        let arguments = [&["run", exercise, "--yes", "--json"], flags].concat();
        let ran = lab("en", &arguments);
        assert_eq!(ran.code, Some(0), "{exercise} {flags:?}: {}", ran.stderr);
        Self(ran.events("claim").chain(ran.events("answer")).collect())
    }

    /// The claims that are in this state: `holds`, `differs`, `unknown`.
    fn in_state(&self, state: &str) -> Vec<&str> {
        let claims = self.0.iter().filter(|event| event["state"] == state);
        claims.map(|event| event["id"].as_str().unwrap()).collect()
    }

    /// Of a claim, one of the values that its text names: a word, or a number as text.
    fn value(&self, claim: &str, name: &str) -> String {
        let event = self.claim(claim);
        let values = event["values"].as_array().unwrap();
        let value = values.iter().find(|value| value["name"] == name).unwrap_or_else(|| panic!("{event}"));
        let (_, value) = value.as_object().unwrap().iter().find(|(key, _)| *key != "name").unwrap();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// What is said of a claim.
    fn text(&self, claim: &str) -> &str {
        self.claim(claim)["text"].as_str().unwrap()
    }

    /// Which of the predictions came true.
    fn outcome(&self) -> Option<&str> {
        self.0.iter().find(|event| event["event"] == "answer")?["outcome"].as_str()
    }

    fn claim(&self, id: &str) -> &Value {
        self.0.iter().find(|event| event["id"] == id).unwrap_or_else(|| panic!("no claim {id}"))
    }
}

#[test]
fn of_each_prediction_one_comes_true() {
    for (exercise, outcome) in [
        ("1.5.1", "neither"),
        ("1.5.2", "silence"),
        ("1.5.3", "lost"),
        ("1.5.4", "after-enter"),
        ("1.5.5", "anyone"),
        ("1.5.6", "shifted"),
    ] {
        assert_eq!(Run::of(exercise, &[]).outcome(), Some(outcome), "{exercise}");
    }
}

#[test]
fn a_message_that_is_too_long_is_not_sent_and_nothing_else_is_claimed_of_it() {
    let run = Run::of("1.5.1", &["--message-size", "65508"]);

    assert_eq!(run.in_state("differs"), ["send-succeeds"]);
    assert_eq!(run.value("send-succeeds", "result"), "EMSGSIZE");
    assert_eq!(run.in_state("holds"), ["connect-silent", "tcp-refused", "tcp-reset"]);
    assert_eq!(run.outcome(), Some("send"));
}

#[test]
fn as_many_strangers_are_denied_as_come() {
    for (flag, denied) in [("1", "1"), ("9", "9"), ("32", "32")] {
        let run = Run::of("1.5.2", &["--clients", flag, "--pause", "100ms"]);

        assert_eq!(run.value("received", "denied"), denied);
        assert_eq!(run.in_state("differs"), Vec::<&str>::new());
    }
}

#[test]
fn nothing_is_cut_by_a_buffer_that_is_long_enough() {
    let run = Run::of("1.5.3", &["--buffer", "100"]);

    assert_eq!(run.in_state("differs"), ["cut", "flag", "real-length", "cut-twice"]);
    assert_eq!((run.value("cut", "buffer"), run.value("cut", "sent")), ("100".to_owned(), "19".to_owned()));
    assert!(run.text("cut").contains("Nothing was cut this time"), "{}", run.text("cut"));
    assert_eq!(run.outcome(), None);
}

#[test]
fn a_buffer_of_one_byte_takes_one_byte_of_the_longest_message() {
    let run = Run::of("1.5.3", &["--buffer", "1", "--message-size", "65507"]);

    assert_eq!(
        (run.value("cut", "received"), run.value("cut", "sent")),
        ("1".to_owned(), "65507".to_owned())
    );
    assert_eq!(run.value("real-length", "length"), "65507");
    assert_eq!(run.outcome(), Some("lost"));
}

#[test]
fn fragments_follow_from_the_largest_packet_and_from_the_message() {
    // Each but the last has as many bytes of data as fit behind a header of 20, in units of 8; the first header of UDP counts as data.
    for (flags, fragments, first) in [
        (["--mtu", "600"], "9", "576"),
        (["--mtu", "1500"], "4", "1480"),
        (["--message-size", "1473"], "2", "1480"),
    ] {
        let run = Run::of("1.5.3", &flags);

        assert_eq!(run.value("fragmented", "fragments"), fragments, "{flags:?}");
        assert_eq!(run.value("fragmented", "first"), first, "{flags:?}");
        assert!(run.in_state("holds").contains(&"fragmented"));
        assert!(run.text("fragmented").contains(fragments), "{}", run.text("fragmented"));
    }
    for flags in [["--mtu", "65536"], ["--message-size", "1472"]] {
        let run = Run::of("1.5.3", &flags);

        assert_eq!(run.value("fragmented", "fragments"), "1", "{flags:?}");
        assert_eq!(run.in_state("differs"), ["fragmented"], "{flags:?}");
    }
}

#[test]
fn a_kernel_without_room_for_fragments_gets_no_datagram_in_parts_and_that_is_said() {
    let sysctls = ["--sysctl", "net.ipv4.ipfrag_low_thresh=0", "--sysctl", "net.ipv4.ipfrag_high_thresh=1"];
    let run = Run::of("1.5.3", &sysctls);

    assert_eq!(run.in_state("differs"), ["longest-goes", "fragmented", "incomplete"]);
    assert_eq!(run.value("fragmented", "received"), "0");
    assert!(run.in_state("holds").contains(&"cut"), "what fits into a packet is not concerned");
}

#[test]
fn how_long_somebody_types_is_how_long_the_other_waits() {
    let run = Run::of("1.5.4", &["--pause", "20ms"]);

    assert!(run.in_state("holds").contains(&"one-waits"));
    let typed: f64 = run.value("one-waits", "typed").parse().unwrap();
    assert!(typed >= 0.04, "two lines of 20 ms: {typed}");
}
