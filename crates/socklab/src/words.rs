//! What socklab says, in the language of whoever reads.
//!
//! The texts live in `words/en.ftl` and `words/es.ftl`. The build script reads both, refuses a message or an argument
//! that only one of them has, and writes a method here for each message: a misspelt message or a forgotten argument
//! does not compile, and a message that nothing says is dead code. Texts of help, whose keys begin with `help-`,
//! have no method; the command tree looks them up by key, see the module `help`.
//!
//! The build also writes where in its file each message stands, and a run parses only what it says, see `texts`.

mod texts;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::lang::Lang;
use texts::Texts;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

static ENGLISH: Texts<MESSAGES> = Texts::new(include_str!("../words/en.ftl"), &ENGLISH_SPANS);
static SPANISH: Texts<MESSAGES> = Texts::new(include_str!("../words/es.ftl"), &SPANISH_SPANS);

/// The messages in one language; can be shared between threads.
pub(crate) struct Words {
    lang: Lang,
    texts: &'static Texts<MESSAGES>,
    /// Knows the language's plurals; it has no message, since Fluent asks it only for those that others refer to.
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Takes the messages of a language, and reads none of them yet.
    pub(crate) fn new(lang: Lang) -> Self {
        let texts = match lang {
            Lang::English => &ENGLISH,
            Lang::Spanish => &SPANISH,
        };
        let mut bundle = FluentBundle::new_concurrent(vec![lang.tag()]);
        bundle.set_use_isolating(false);
        Self { lang, texts, bundle }
    }

    /// Returns the language.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// Returns a text of help by its key, or one of its attributes when `key` has the form `key.attribute`.
    pub(crate) fn help(&self, key: &str) -> Option<String> {
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let message = self.texts.message(self.texts.number(id)?);
        let pattern = match attribute {
            Some(name) => &message.attributes.iter().find(|attribute| attribute.id.name == name)?.value,
            None => message.value.as_ref()?,
        };
        let text = self.bundle.format_pattern(pattern, None, &mut Vec::new());
        Some(text.into_owned())
    }

    /// Says a message; only the generated methods call it, with the number that the message has in both languages.
    fn say<const N: usize>(&self, number: usize, arguments: [(&'static str, FluentValue<'_>); N]) -> String {
        let pattern = self.texts.message(number).value.as_ref();
        let pattern = pattern.expect("the build refuses a message without a text");
        let arguments = FluentArgs::from_iter(arguments);
        // The errors would be missing arguments and unknown references, and the build refuses both.
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn one_byte_is_not_said_as_many() {
        for (lang, one, two) in [
            (Lang::English, "replied: 1 byte from P in T", "replied: 2 bytes from P in T"),
            (Lang::Spanish, "respondido: 1 byte de P en T", "respondido: 2 bytes de P en T"),
        ] {
            let words = Words::new(lang);

            assert_eq!(words.verdict_replied(1, "P", "T"), one);
            assert_eq!(words.verdict_replied(2, "P", "T"), two);
        }
        assert_eq!(
            Words::new(Lang::Spanish).verdict_echo(1, "P", "T"),
            "respondido: 1 byte, el mismo que se envió, de P en T"
        );
    }

    #[test]
    fn several_threads_that_say_the_same_for_the_first_time_say_it_alike() {
        let words = Words::new(Lang::Spanish);
        let barrier = Barrier::new(8);

        let said: Vec<String> = thread::scope(|scope| {
            let say = || {
                barrier.wait();
                words.usage_unknown_value("V", "A")
            };
            let threads = [(); 8].map(|()| scope.spawn(say));
            threads.map(|thread| thread.join().expect("saying something does not panic")).into()
        });

        assert_eq!(said, vec!["'V' no es un valor de 'A'"; 8]);
    }
}
