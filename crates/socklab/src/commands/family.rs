//! `-4` and `-6`: one address family instead of both.

#[derive(Debug, clap::Args)]
pub(crate) struct Family {
    #[arg(short = '4', conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    #[arg(short = '6')]
    pub(crate) ipv6: bool,
}
