//! The build refuses words that the two languages do not share: what the build script's own code answers.

#[path = "../build/catalogue.rs"]
mod catalogue;

use catalogue::Catalogue;

#[test]
fn equal_catalogues_have_no_differences() {
    let english = parse("greeting = Hello, { $name }\nhelp-echo = Echo\n    .value = N\n");
    let spanish = parse("help-echo = Eco\n    .value = N\ngreeting = Hola, { $name }\n");

    assert_eq!(english.differences(&spanish), Vec::<String>::new());
}

#[test]
fn a_key_that_one_language_lacks_is_named() {
    let english = parse("one = One\ntwo = Two\n");
    let spanish = parse("two = Dos\nthree = Tres\n");

    assert_eq!(english.differences(&spanish), ["one: missing in Spanish", "three: missing in English"]);
}

#[test]
fn an_argument_that_one_language_lacks_is_named() {
    let english = parse("sent = Sent { $count } to { $peer }\n");
    let spanish = parse("sent = Enviados { $count }\n");

    assert_eq!(
        english.differences(&spanish),
        [r#"sent: arguments {"count", "peer"} in English, {"count"} in Spanish"#]
    );
}

#[test]
fn an_attribute_that_one_language_lacks_is_named() {
    let english = parse("help-echo = Echo\n    .details = More\n");
    let spanish = parse("help-echo = Eco\n");

    assert_eq!(
        english.differences(&spanish),
        [r#"help-echo: attributes {"details"} in English, {} in Spanish"#]
    );
}

#[test]
fn arguments_keep_the_order_of_the_text() {
    let english = parse("moved = From { $source } to { $destination }\n");

    let rust = english.rust(&english);

    assert!(
        rust.contains("fn moved(&self, source: impl std::fmt::Display, destination: impl std::fmt::Display)"),
        "{rust}"
    );
}

#[test]
fn an_argument_that_chooses_a_plural_in_either_language_is_a_number() {
    let english = parse("sent = Sent { $count } to { $peer }\n");
    let spanish =
        parse("sent = { $count ->\n    [one] Enviado uno\n   *[other] Enviados { $count }\n } a { $peer }\n");

    let rust = english.rust(&spanish);

    assert!(rust.contains("fn sent(&self, count: u64, peer: impl std::fmt::Display)"), "{rust}");
}

#[test]
fn an_argument_that_chooses_by_name_is_a_text() {
    let english = parse("over = { $transport ->\n    [udp] datagrams\n   *[tcp] a stream\n }\n");

    let rust = english.rust(&english);

    assert!(rust.contains("fn over(&self, transport: impl std::fmt::Display)"), "{rust}");
}

#[test]
fn help_has_a_key_and_no_method() {
    let english = parse("help-echo = Echo\n");

    let rust = english.rust(&english);

    assert!(rust.contains("\"help-echo\","), "{rust}");
    assert!(!rust.contains("fn help_echo"), "{rust}");
}

#[test]
fn a_message_has_the_number_of_its_key_and_stands_from_there_to_the_next_key() {
    let english = parse("## Heading\n\nsent = Sent\n# To whom it is said.\nasked = Asked\n\n## The end\n");
    let spanish = parse("asked = Preguntado\nsent = Enviado\n");

    let rust = english.rust(&spanish);

    assert!(rust.contains("self.say(0, [])"), "{rust}");
    assert!(rust.contains("const MESSAGES: usize = 2;"), "{rust}");
    assert!(rust.contains("static ENGLISH_SPANS: [(u32, u32); MESSAGES] = [(46, 72), (12, 46)];"), "{rust}");
    assert!(rust.contains("static SPANISH_SPANS: [(u32, u32); MESSAGES] = [(0, 19), (19, 34)];"), "{rust}");
}

#[test]
fn what_the_words_cannot_use_is_refused() {
    for (source, problem) in [
        ("a = A\na = B\n", "a: stands twice"),
        ("-brand = socklab\n", "-brand: a term"),
        ("a = A\nb = { a }\n", "b: a reference to a"),
        ("a = { NUMBER($n) }\n", "a: a reference to NUMBER"),
        ("help-a = { $n }\n", "help-a: help takes no arguments"),
        ("a = A\n    .details = B\n", "a: only help has attributes"),
        ("help-a =\n    .value = N\n", "help-a: no text"),
    ] {
        assert_eq!(Catalogue::parse(source).unwrap_err(), problem, "{source:?}");
    }
}

#[test]
fn an_error_of_syntax_names_its_line() {
    let error = Catalogue::parse("good = Good\nbad { $n\n").unwrap_err();

    assert!(error.starts_with("line 2: "), "{error}");
}

fn parse(source: &str) -> Catalogue {
    Catalogue::parse(source).expect("the source of a test is right")
}
