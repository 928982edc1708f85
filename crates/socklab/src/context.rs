//! What every command knows of the person it speaks to.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::time::Instant;
use std::{env, io};

use clap::ValueEnum;

use crate::cli::Global;
use crate::early;
use crate::lang::Lang;
use crate::words::Words;

/// How to speak: in which language and form, and how much.
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(crate) struct Context {
    /// The messages in the language chosen.
    pub(crate) words: Words,
    /// Whether standard output carries events in JSON instead of text.
    pub(crate) json: bool,
    /// Whether only errors are told.
    pub(crate) quiet: bool,
    /// Whether each call is told.
    pub(crate) verbose: bool,
    /// Whether standard output may have colours.
    pub(crate) color: bool,
    /// Whether standard error may.
    pub(crate) stderr_color: bool,
    /// When the program began; the events of `--json` count their time from here.
    pub(crate) started: Instant,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    // On a terminal, unless `NO_COLOR` has a value.
    #[default]
    Auto,
    // Always, also into a file.
    Always,
    // Never.
    Never,
}

impl Context {
    /// Learns from the arguments, before they are parsed, what help and errors of parsing need.
    pub(crate) fn before_parsing(arguments: &[OsString], started: Instant) -> Self {
        let color = early::value(arguments, "--color")
            .and_then(|value| Color::from_str(value, false).ok())
            .unwrap_or_default();
        Self {
            words: Words::new(Lang::choose(arguments, |name| env::var_os(name))),
            json: early::is_set(arguments, "--json"),
            quiet: false,
            verbose: false,
            color: color.on_stdout(),
            stderr_color: color.on(&io::stderr()),
            started,
        }
    }

    /// Completes the context with the flags as they were parsed.
    pub(crate) fn with(self, global: &Global) -> Self {
        debug_assert!(global.lang.is_none_or(|lang| lang == self.words.lang()));
        debug_assert_eq!(global.json, self.json);
        Self {
            quiet: global.quiet,
            verbose: global.verbose,
            color: global.color.on_stdout(),
            stderr_color: global.color.on(&io::stderr()),
            ..self
        }
    }
}

impl Color {
    fn on_stdout(self) -> bool {
        self.on(&io::stdout())
    }

    fn on(self, stream: &impl IsTerminal) -> bool {
        self.is_wanted(stream.is_terminal(), env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()))
    }

    fn is_wanted(self, is_terminal: bool, is_declined: bool) -> bool {
        match self {
            Self::Auto => is_terminal && !is_declined,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_and_nobody_who_declines_it() {
        assert!(Color::Auto.is_wanted(true, false));
        assert!(!Color::Auto.is_wanted(true, true));
        assert!(!Color::Auto.is_wanted(false, false));
    }

    #[test]
    fn an_explicit_choice_of_colour_is_obeyed() {
        assert!(Color::Always.is_wanted(false, true));
        assert!(!Color::Never.is_wanted(true, false));
    }
}
