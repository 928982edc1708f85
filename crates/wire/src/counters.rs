//! The counters of the network: `/proc/net/snmp` and `/proc/net/netstat` (`proc_net(5)`).
//!
//! Both files are pairs of lines, one with names and one with numbers, that begin with the same group:
//!
//! ```text
//! Udp: InDatagrams NoPorts InErrors
//! Udp: 12 3 0
//! ```

/// A counter as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter<'t> {
    /// Its group: `Udp`, `TcpExt`.
    pub group: &'t str,
    /// Its name in the group.
    pub name: &'t str,
    /// How often it has happened; it begins again at 0 after [`u64::MAX`].
    pub value: u64,
}

/// Reads the counters of a file. What is no counter is passed over: lines without a partner, and settings that are below 0
/// (`MaxConn` of `Tcp`).
pub fn parse(text: &str) -> impl Iterator<Item = Counter<'_>> {
    let mut lines = text.lines();
    let mut pairs = Vec::new();
    while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
        pairs.push((names, values));
    }
    pairs.into_iter().filter_map(|(names, values)| group(names, values)).flatten()
}

/// Reads a pair of lines.
fn group<'t>(names: &'t str, values: &'t str) -> Option<impl Iterator<Item = Counter<'t>>> {
    let (group, names) = names.split_once(':')?;
    let (same, values) = values.split_once(':')?;
    let counters = names.split_ascii_whitespace().zip(values.split_ascii_whitespace());
    let read =
        move |(name, value): (&'t str, &'t str)| Some(Counter { group, name, value: value.parse().ok()? });
    (group == same).then(|| counters.filter_map(read))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_numbers_of_each_pair_of_lines_belong_together() {
        let text = "Tcp: MaxConn ActiveOpens\nTcp: -1 5\nUdp: InDatagrams NoPorts\nUdp: 12 3\n";

        let counters: Vec<_> = parse(text).map(|it| (it.group, it.name, it.value)).collect();

        assert_eq!(counters, [("Tcp", "ActiveOpens", 5), ("Udp", "InDatagrams", 12), ("Udp", "NoPorts", 3)]);
    }

    #[test]
    fn lines_that_do_not_belong_together_are_passed_over() {
        for text in ["", "Udp: NoPorts", "Udp: NoPorts\nTcp: 1\n", "Udp NoPorts\nUdp 1\n"] {
            assert_eq!(parse(text).count(), 0, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse(&text).count();
        }
    }
}
