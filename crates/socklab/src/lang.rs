//! The two languages, and which of them a person is spoken to in.
//!
//! The choice is made before the command line is parsed, because help and parsing errors are words too.

use std::ffi::{OsStr, OsString};

use clap::ValueEnum;
use unic_langid::{LanguageIdentifier, langid};

use crate::early;

/// The variables of `locale(7)` that name the language of messages, the strongest first.
const LOCALE_VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// A language that socklab speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    // English, spoken too when nothing says otherwise.
    #[value(name = "en")]
    English,
    // Spanish.
    #[value(name = "es")]
    Spanish,
}

impl Lang {
    /// Chooses by `--lang`, else by `SOCKLAB_LANG`, else by the locale, else English.
    ///
    /// The first locale variable with a value decides, as in `setlocale(3)`, also when it names a language that
    /// socklab does not speak. A wrong `--lang` decides nothing: clap refuses it afterwards, in the language
    /// chosen by the rest.
    pub(crate) fn choose(arguments: &[OsString], variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let from_variable = |name| Self::of_locale(&variable(name)?);
        early::value(arguments, "--lang")
            .and_then(|value| Self::from_str(value, false).ok())
            .or_else(|| from_variable("SOCKLAB_LANG"))
            .or_else(|| {
                let locale = LOCALE_VARIABLES
                    .iter()
                    .find_map(|name| variable(name).filter(|value| !value.is_empty()))?;
                Self::of_locale(&locale)
            })
            .unwrap_or(Self::English)
    }

    /// Returns the language's tag, with which Fluent chooses plurals.
    pub(crate) fn tag(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::Spanish => langid!("es"),
        }
    }

    /// Reads the language of a locale such as `es_AR.UTF-8`, `es-AR` or `es`.
    fn of_locale(locale: &OsStr) -> Option<Self> {
        let locale = locale.to_str()?;
        let language = locale.split(['_', '-', '.', '@']).next()?;
        Self::from_str(language, true).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_from_anyone_it_is_english() {
        assert_eq!(choose(&["socklab", "echo"], &[]), Lang::English);
    }

    #[test]
    fn the_flag_is_stronger_than_the_environment() {
        let environment = [("SOCKLAB_LANG", "en"), ("LC_ALL", "en_GB.UTF-8")];

        assert_eq!(choose(&["socklab", "echo", "--lang", "es"], &environment), Lang::Spanish);
    }

    #[test]
    fn the_variable_of_socklab_is_stronger_than_the_locale() {
        assert_eq!(choose(&["socklab"], &[("SOCKLAB_LANG", "es"), ("LANG", "en_US.UTF-8")]), Lang::Spanish);
    }

    #[test]
    fn a_locale_is_read_by_its_language() {
        for (locale, expected) in [
            ("es", Lang::Spanish),
            ("es_AR.UTF-8", Lang::Spanish),
            ("es-AR", Lang::Spanish),
            ("ES_es@euro", Lang::Spanish),
            ("est_EE", Lang::English),
            ("C.UTF-8", Lang::English),
            ("de_DE", Lang::English),
        ] {
            assert_eq!(choose(&[], &[("LANG", locale)]), expected, "{locale}");
        }
    }

    #[test]
    fn the_first_locale_variable_with_a_value_decides() {
        let environment = [("LC_ALL", ""), ("LC_MESSAGES", "C"), ("LANG", "es_AR")];

        assert_eq!(choose(&[], &environment), Lang::English);
    }

    #[test]
    fn a_language_that_is_not_spoken_leaves_the_choice_to_the_next() {
        assert_eq!(
            choose(&["socklab", "--lang=fr"], &[("SOCKLAB_LANG", "de"), ("LANG", "es_AR")]),
            Lang::Spanish
        );
    }

    fn choose(arguments: &[&str], environment: &[(&str, &str)]) -> Lang {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Lang::choose(&arguments, |wanted| {
            let (_, value) = environment.iter().find(|(name, _)| *name == wanted)?;
            Some(OsString::from(value))
        })
    }
}
