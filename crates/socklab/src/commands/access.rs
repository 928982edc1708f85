//! Who may come to a server: flags that servers take.

use std::path::PathBuf;

use endpoints::access::{AccessSources, Source};

use crate::value;

#[derive(Debug, clap::Args)]
pub(crate) struct Access {
    #[arg(long, value_parser = value::rule)]
    pub(crate) allow: Vec<Source>,
    #[arg(long, value_parser = value::rule)]
    pub(crate) deny: Vec<Source>,
    #[arg(long, alias = "allowfile")]
    pub(crate) allow_file: Vec<PathBuf>,
    #[arg(long, alias = "denyfile")]
    pub(crate) deny_file: Vec<PathBuf>,
}

impl Access {
    /// The rules and the files of rules that were named.
    pub(crate) fn sources(&self) -> AccessSources {
        let files = |files: &[PathBuf]| files.iter().cloned().map(Source::File).collect::<Vec<_>>();
        AccessSources {
            allow: [self.allow.clone(), files(&self.allow_file)].concat(),
            deny: [self.deny.clone(), files(&self.deny_file)].concat(),
        }
    }

    /// Whether none was named.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources() == AccessSources::default()
    }
}
