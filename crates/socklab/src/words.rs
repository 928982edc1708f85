//! What socklab says, in the language of whoever reads.
//!
//! The texts live in `words/en.ftl` and `words/es.ftl`. The build script reads both, refuses a message or an argument
//! that only one of them has, and writes a method here for each message: a misspelt message or a forgotten argument
//! does not compile, and a message that nothing says is dead code. Texts of help, whose keys begin with `help-`,
//! have no method; the command tree looks them up by key, see the module `help`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::lang::Lang;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The messages in one language; can be shared between threads.
pub(crate) struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Loads the messages of a language.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the binary, and its build read them whole.
    pub(crate) fn new(lang: Lang) -> Self {
        let source = match lang {
            Lang::English => include_str!("../words/en.ftl"),
            Lang::Spanish => include_str!("../words/es.ftl"),
        };
        let resource = FluentResource::try_new(source.to_owned())
            .expect("the build refuses a file with errors of syntax");
        let mut bundle = FluentBundle::new_concurrent(vec![lang.tag()]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("the build refuses a key that stands twice");
        Self { lang, bundle }
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
        let message = self.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let text = self.bundle.format_pattern(pattern, None, &mut Vec::new());
        Some(text.into_owned())
    }

    /// Says a message; only the generated methods call it.
    fn say<const N: usize>(&self, id: &str, arguments: [(&'static str, FluentValue<'_>); N]) -> String {
        let message = self.bundle.get_message(id).and_then(|message| message.value());
        let pattern = message.expect("the method was written from this message");
        let arguments = FluentArgs::from_iter(arguments);
        // The errors would be missing arguments and unknown references, and the build refuses both.
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
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
}
