//! The manifest that `check --init` writes: every key that an exercise knows, with what it means, switched off by a comment.

use crate::exercise::Exercise;

/// What begins a line that says for which exercises the lines below it are: `#: 1.5.5 1.5.6`, or `#: all`.
const MARK: &str = "#: ";

/// What stands for the number of the exercise.
const EXERCISE: &str = "{exercise}";

/// Returns a commented manifest for an exercise, in Spanish or in English. It is right as it stands, and says nothing that does not
/// hold without it.
pub fn init(exercise: Exercise, is_spanish: bool) -> String {
    let template = if is_spanish { include_str!("init/es.toml") } else { include_str!("init/en.toml") };
    let mut is_for = false;
    let mut lines = Vec::new();
    for line in template.lines() {
        if let Some(exercises) = line.strip_prefix(MARK) {
            is_for = exercises.split(' ').any(|number| number == "all" || number == exercise.number());
        } else if is_for {
            lines.push(line.replace(EXERCISE, exercise.number()));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::manifest::{Part, read};

    #[test]
    fn what_is_written_is_a_manifest_that_says_only_which_exercise_it_is() {
        for exercise in Exercise::ALL {
            for is_spanish in [false, true] {
                let text = init(exercise, is_spanish);
                let said = Part { exercise: Some(exercise), ..Part::default() };
                assert_eq!(read(&text).unwrap(), said, "{text}");
            }
        }
    }

    #[test]
    fn it_is_a_manifest_too_when_every_key_is_switched_on() {
        for exercise in Exercise::ALL {
            for is_spanish in [false, true] {
                let text = switched_on(&init(exercise, is_spanish));
                read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        for exercise in Exercise::ALL {
            let keys = |is_spanish| {
                let text = switched_on(&init(exercise, is_spanish));
                let begins = |line: &str| line.split([' ', '=']).next().unwrap_or_default().to_owned();
                text.lines().filter(|line| !line.starts_with("# ")).map(begins).collect::<Vec<_>>()
            };
            assert_eq!(keys(false), keys(true), "{exercise}");
        }
    }

    /// Takes the comment off every line that has `#key = …` or `#[table]`; sentences have a space behind their `#`.
    fn switched_on(text: &str) -> String {
        let on = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => rest.to_owned(),
            _ => line.to_owned(),
        };
        text.lines().map(on).collect::<Vec<_>>().join("\n")
    }
}
