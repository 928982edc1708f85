//! Where a server listens: the flags that every server takes.

use endpoints::listen::ListenAddress;

use super::family::Family;
use crate::failure::Failure;
use crate::resolve::resolve;
use crate::value::{self, Local};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Listen {
    #[arg(long, conflicts_with = "any")]
    pub(crate) bind: Vec<Local>,
    #[arg(long, default_value = "3500", value_parser = value::port)]
    pub(crate) port: u16,
    #[arg(long)]
    pub(crate) any: bool,
    #[command(flatten)]
    pub(crate) family: Family,
}

impl Listen {
    /// Finds the addresses, `localhost`'s unless told otherwise.
    ///
    /// # Errors
    ///
    /// A failure of usage when a name has no address, or none of the family.
    pub(crate) fn addresses(&self, words: &Words) -> Result<Vec<ListenAddress>, Failure> {
        let mut addresses = match (self.any, self.bind.is_empty()) {
            (true, _) => ListenAddress::any(self.port),
            (false, true) => ListenAddress::localhost(self.port),
            (false, false) => Vec::new(),
        };
        for local in &self.bind {
            let port = local.port.unwrap_or(self.port);
            let resolved = resolve(&local.host, port, self.family, words)?;
            addresses.extend(resolved.into_iter().map(|address| ListenAddress { address, optional: false }));
        }
        addresses.retain(|listen| self.family.admits(listen.address));
        if self.family.ipv6 {
            // The only family there is must work.
            for listen in &mut addresses {
                listen.optional = false;
            }
        }
        Ok(addresses)
    }
}
