//! Replacing one marked section of a document and nothing else.

/// Puts `body` between the marks of the section `name` of `document`, or appends the section when there is none.
pub(crate) fn replace_section(document: &str, name: &str, body: &str) -> String {
    let begin = format!("<!-- bench {name}: begin -->");
    let end = format!("<!-- bench {name}: end -->");
    let section = format!("{begin}\n\n{}\n\n{end}", body.trim());
    let found =
        document.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    match found {
        Some((before, after)) => format!("{before}{section}{after}"),
        None => format!("{}\n\n{section}\n", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_section_is_appended() {
        let document = replace_section("# Performance\n", "idle", "figures\n");
        assert_eq!(
            document,
            "# Performance\n\n<!-- bench idle: begin -->\n\nfigures\n\n<!-- bench idle: end -->\n"
        );
    }

    #[test]
    fn only_the_section_is_replaced() {
        let before = replace_section(&replace_section("# P\n", "echo", "old"), "idle", "kept") + "\nprose\n";
        let after = replace_section(&before, "echo", "new");
        assert_eq!(after, before.replace("old", "new"));
    }
}
