//! 2.5.4: a text and an image on one connection.

use crate::expected::assert_expected;
use crate::run::run;

const EXERCISE: &str = "2.5.4";

#[test]
fn each_way_holds_or_breaks_as_its_document_says() {
    let Some(run) = run(EXERCISE, &[]) else { return };

    run.holds(&[
        "pause",
        "pause-late",
        "close",
        "delimiter",
        "delimiter-inside",
        "length",
        "tlv",
        "two-connections",
        "two-clients",
    ]);
    assert_eq!(run.claim("pause").number("first"), 11);
    assert!(run.claim("pause-late").number("first") > 11);
    assert_eq!(run.claim("delimiter-inside").number("items"), 3);
    assert_eq!(run.claim("length").number("overhead"), 8);
    assert_eq!(run.claim("tlv").word("name"), "foto.png");
    assert_eq!(run.claim("two-clients").number("bytes"), 8);
    assert_eq!(run.outcome.as_deref(), Some("depends"));
    assert_expected("text_and_image", &run);
}

#[test]
fn an_image_that_one_call_does_not_bring_breaks_the_pause_even_with_a_prompt_receiver() {
    let Some(run) = run(EXERCISE, &["--message-size", "9000", "--pause", "50ms"]) else { return };

    assert!(run.is("pause", "differs").number("second") <= 1024);
    run.is("length", "holds");
    run.is("tlv", "holds");
    run.is("delimiter-inside", "holds");
}
