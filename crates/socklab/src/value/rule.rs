//! Who is let in: an address, a network, or a file that lists them.

use endpoints::access::{AccessError, Source};

use super::ValueError;

/// Reads what `--allow` and `--deny` take. What looks like an address must be one; whatever else names a file.
///
/// # Errors
///
/// [`ValueError::Address`] and [`ValueError::Prefix`], for a text that looks like an address or a network.
pub(crate) fn rule(text: &str) -> Result<Source, ValueError> {
    Source::rule_or_file(text).map_err(|error| match error {
        AccessError::Prefix { bits_max, .. } => ValueError::Prefix { max: bits_max },
        _ => ValueError::Address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_network_says_what_is_wrong_with_it() {
        assert_eq!(rule("10.0.0.0/33"), Err(ValueError::Prefix { max: 32 }));
        assert_eq!(rule("::/129"), Err(ValueError::Prefix { max: 128 }));
        assert_eq!(rule("300.1.1.1"), Err(ValueError::Address));
    }
}
