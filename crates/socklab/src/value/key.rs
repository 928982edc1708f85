//! What is said of a key: its name, and what its holder may do.

use wire::key::{Grants, KeyName, Named};

use super::ValueError;

/// Reads the name of a key.
///
/// # Errors
///
/// [`ValueError::KeyName`].
pub(crate) fn key_name(text: &str) -> Result<KeyName, ValueError> {
    text.parse().map_err(|_| ValueError::KeyName)
}

/// Reads grants, as in `text,file`.
///
/// # Errors
///
/// [`ValueError::Grants`].
pub(crate) fn grants(text: &str) -> Result<Grants, ValueError> {
    text.split(',').map(|word| word.parse().map_err(|_| ValueError::Grants)).collect()
}

/// Reads the commands that a key may run, as in `uptime,/bin/date`, or `*` for any.
///
/// # Errors
///
/// [`ValueError::Commands`].
pub(crate) fn commands(text: &str) -> Result<Named, ValueError> {
    Named::parse(text).ok_or(ValueError::Commands)
}

#[cfg(test)]
mod tests {
    use wire::key::Grant;

    use super::*;

    #[test]
    fn grants_are_words_with_commas_and_nothing_else() {
        let two = Grants::NONE.with(Grant::Text).with(Grant::Exec);

        assert_eq!(grants("text,exec"), Ok(two));
        assert_eq!(grants("exec,text,text"), Ok(two));
        for wrong in ["", "all", "text,", "text exec", "Text"] {
            assert_eq!(grants(wrong), Err(ValueError::Grants), "{wrong}");
        }
    }

    #[test]
    fn commands_are_names_without_spaces_or_all() {
        let two = Named::List(vec!["uptime".to_owned(), "/bin/date".to_owned()]);

        assert_eq!(commands("uptime,/bin/date"), Ok(two));
        assert_eq!(commands("*"), Ok(Named::Any));
        for wrong in ["", "a,", "a b", "*,a"] {
            assert_eq!(commands(wrong), Err(ValueError::Commands), "{wrong}");
        }
    }

    #[test]
    fn a_name_has_the_most_letters_and_not_one_more() {
        assert!(key_name(&"a".repeat(64)).is_ok());
        assert_eq!(key_name(&"a".repeat(65)), Err(ValueError::KeyName));
        assert_eq!(key_name("ana/eva"), Err(ValueError::KeyName));
    }
}
