//! Names of requirements with stars in them: `*/hidden-*`.

/// Says whether a pattern names `text`: a star stands for anything, also for nothing; all else for itself.
///
/// Takes time in proportion to the product of both lengths, whatever the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        // The earliest place leaves most for the parts behind it.
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_for_nothing() {
        for pattern in
            ["1.5.2/near-miss", "1.5.2/*", "*/near-miss", "*", "1*5*miss", "**near**", "1.5.2/near-miss*"]
        {
            assert!(matches(pattern, "1.5.2/near-miss"), "{pattern}");
        }
        for pattern in ["1.5.2", "*/near", "near*", "1.5.2/near-miss/*", "", "*2*2*"] {
            assert!(!matches(pattern, "1.5.2/near-miss"), "{pattern}");
        }
        assert!(matches("a*a", "aa") && !matches("a*a", "a"));
    }
}
