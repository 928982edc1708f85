//! What a receiver says of a connection when that is over, in the direction that the way leaves free.
//!
//! It is text, a line each:
//!
//! ```text
//! socklab ways 1
//! item text 4 b221…79
//! item file 5 08bb…58 foto.jpg
//! end
//! ```
//!
//! What a way cannot say stands as `-`. Between the items and the end there may be `pair NUMBER`, for two connections, and
//! `taught BYTES`, when each item is what one `recv()` brought. Instead of `end` the last line may be `fault NAME`.

use std::fmt;
use std::str::FromStr;

use super::collector::ITEMS_MAX;
use super::decoder::Fault;
use super::item::{Digest, Item, Kind, Name};

/// The longest report that is read; those that are written are shorter.
pub const REPORT_BYTES_MAX: usize = 65_536;

/// The first line.
const GREETING: &str = "socklab ways 1";

/// What arrived on one connection. The items have no `head`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The items that are complete, in order.
    pub items: Vec<Item>,
    /// The pair that the connection was taken to belong to.
    pub pair: Option<u64>,
    /// How much each `recv()` asked for, when one call was one item.
    pub taught_bytes: Option<u64>,
    /// Why there is not more.
    pub fault: Option<Fault>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{GREETING}")?;
        for Item { kind, name, bytes, sha256, .. } in &self.items {
            let kind = kind.map_or("-".to_owned(), |kind| kind.to_string());
            write!(f, "item {kind} {bytes} {sha256}")?;
            match name {
                Some(name) => writeln!(f, " {name}")?,
                None => writeln!(f)?,
            }
        }
        if let Some(pair) = self.pair {
            writeln!(f, "pair {pair}")?;
        }
        if let Some(bytes) = self.taught_bytes {
            writeln!(f, "taught {bytes}")?;
        }
        match self.fault {
            Some(fault) => writeln!(f, "fault {fault}"),
            None => writeln!(f, "end"),
        }
    }
}

impl FromStr for Report {
    type Err = ();

    /// Reads what `Display` writes, whole and nothing else.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut lines = text.strip_suffix('\n').ok_or(())?.split('\n');
        if text.len() > REPORT_BYTES_MAX || lines.next() != Some(GREETING) {
            return Err(());
        }
        let mut report = Self::default();
        let last = lines.next_back().ok_or(())?;
        for line in lines {
            match line.split_once(' ').ok_or(())? {
                ("item", item) if report.items.len() < ITEMS_MAX => report.items.push(read_item(item)?),
                ("pair", pair) => report.pair = Some(pair.parse().map_err(drop)?),
                ("taught", bytes) => report.taught_bytes = Some(bytes.parse().map_err(drop)?),
                _ => return Err(()),
            }
        }
        report.fault = match last.strip_prefix("fault ") {
            Some(fault) => Some(fault.parse()?),
            None if last == "end" => None,
            None => return Err(()),
        };
        Ok(report)
    }
}

fn read_item(line: &str) -> Result<Item, ()> {
    let mut words = line.splitn(4, ' ');
    let mut word = || words.next().ok_or(());
    let kind = match word()? {
        "-" => None,
        kind => Some(kind.parse::<Kind>()?),
    };
    let bytes = word()?.parse().map_err(drop)?;
    let sha256 = word()?.parse::<Digest>()?;
    let name = words.next().map(|name| Name::new(name).ok_or(())).transpose()?;
    Ok(Item { kind, name, bytes, sha256, head: Vec::new() })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::ways::NAME_BYTES_MAX;

    proptest! {
        #[test]
        fn a_report_is_read_as_it_is_written(
            items in vec(item(), 0..=ITEMS_MAX),
            pair in proptest::option::of(any::<u64>()),
            taught_bytes in proptest::option::of(any::<u64>()),
            fault in proptest::option::of(prop::sample::select(Fault::ALL.to_vec())),
        ) {
            let report = Report { items, pair, taught_bytes, fault };

            prop_assert_eq!(report.to_string().parse(), Ok(report));
        }

        #[test]
        fn a_report_that_is_cut_is_none(items in vec(item(), 0..3), cut in any::<prop::sample::Index>()) {
            let report = Report { items, ..Report::default() }.to_string();
            let ends: Vec<usize> = report.char_indices().map(|(at, _)| at).collect();

            prop_assert_eq!(report[..ends[cut.index(ends.len())]].parse::<Report>(), Err(()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(lines in "(socklab ways 1\n)?((item|pair|taught|fault|end| )[ -z]{0,90}\n){0,4}") {
            let _ = lines.parse::<Report>();
        }
    }

    #[test]
    fn the_longest_report_that_is_written_is_read() {
        let item = Item {
            kind: Some(Kind::Other(255)),
            name: Name::new(&"x".repeat(NAME_BYTES_MAX)),
            bytes: u64::MAX,
            sha256: Digest([255; 32]),
            head: Vec::new(),
        };
        let report = Report {
            items: vec![item; ITEMS_MAX],
            pair: Some(u64::MAX),
            taught_bytes: Some(1024),
            fault: Some(Fault::TooMany),
        };

        assert_eq!(report.to_string().parse(), Ok(report.clone()));
        let too_many = Report { items: vec![report.items[0].clone(); ITEMS_MAX + 1], ..report };
        assert_eq!(too_many.to_string().parse::<Report>(), Err(()));
    }

    fn item() -> impl Strategy<Value = Item> {
        let kind =
            prop_oneof![Just(None), Just(Some(Kind::Text)), any::<u8>().prop_map(|it| Some(Kind::Other(it)))];
        (kind, "[a-zñ .]{0,8}", any::<u64>(), any::<[u8; 32]>()).prop_map(|(kind, name, bytes, sha256)| {
            Item { kind, name: Name::new(&name), bytes, sha256: Digest(sha256), head: Vec::new() }
        })
    }
}
