//! What came of a transfer: what was sent is held against what the receiver says arrived.

use serde::Serialize;

use super::Way;
use super::decoder::Fault;
use super::item::{Item, Payload};
use super::report::Report;
use crate::errno::Errno;

/// What came of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The same items arrived, as far as the way can tell them apart.
    Held,
    /// Others arrived, or fewer, or more.
    Broken {
        /// Why.
        #[serde(flatten)]
        cause: Cause,
    },
    /// All was sent, and the receiver did not say what arrived: it is none of ours.
    Unconfirmed,
    /// Nobody listens at any of the addresses, or no way leads there.
    Refused {
        /// What the kernel said of the last one.
        errno: Errno,
    },
    /// The receiver broke the connection off.
    Reset {
        /// What the kernel said.
        errno: Errno,
    },
    /// Nothing happened within the time limit.
    Silent,
    /// The sender was told to stop.
    Interrupted,
}

/// Why other items arrived than were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// The receiver took what one `recv()` brought for an item.
    OneRecv,
    /// An item contains the delimiter.
    DelimiterInside {
        /// Which item, from 1.
        item: usize,
        /// Where the receiver finds the delimiter, counted from 0.
        at_byte: usize,
    },
    /// Several items shared a connection, and only the connection's end is marked.
    NoBoundary,
    /// The receiver put the two connections together with those of others.
    Mixed,
    /// The receiver found a fault.
    Fault {
        /// Which.
        fault: Fault,
    },
    /// The receiver has other items, and this way does not explain it: it may speak another way, or have another
    /// delimiter.
    Altered,
}

/// Holds what was sent on each connection against the report of that connection.
pub fn compare(way: &Way, sent: &[Vec<&Payload>], reports: &[Option<Report>]) -> Verdict {
    let Some(reports) = reports.iter().map(Option::as_ref).collect::<Option<Vec<&Report>>>() else {
        return Verdict::Unconfirmed;
    };
    let same_items = sent.iter().zip(&reports).all(|(sent, report)| arrived(sent, report));
    let same_pair = reports.windows(2).all(|two| two[0].pair == two[1].pair);
    if same_items && same_pair && sent.len() == reports.len() {
        return Verdict::Held;
    }
    Verdict::Broken { cause: cause(way, sent, &reports) }
}

/// Whether a connection brought what was sent on it, and took it for what it is.
fn arrived(sent: &[&Payload], report: &Report) -> bool {
    let is_same = |sent: Item, arrived: &Item| {
        (sent.bytes, sent.sha256) == (arrived.bytes, arrived.sha256)
            && (arrived.kind.is_none() || arrived.kind == sent.kind)
            && (arrived.name.is_none() || arrived.name == sent.name)
    };
    let items = sent.iter().zip(&report.items);
    report.fault.is_none()
        && sent.len() == report.items.len()
        && items.into_iter().all(|(sent, arrived)| is_same(sent.item(), arrived))
}

fn cause(way: &Way, sent: &[Vec<&Payload>], reports: &[&Report]) -> Cause {
    if reports.iter().any(|report| report.taught_bytes.is_some()) {
        return Cause::OneRecv;
    }
    let shares_a_connection = sent.iter().any(|items| items.len() > 1);
    let explained = match way {
        Way::Delimiter(delimiter) => sent.iter().flatten().enumerate().find_map(|(index, payload)| {
            let at_byte = delimiter.position_in(&payload.bytes)?;
            Some(Cause::DelimiterInside { item: index + 1, at_byte })
        }),
        Way::Close | Way::TwoConnections if shares_a_connection => Some(Cause::NoBoundary),
        _ => None,
    };
    let fault = reports.iter().find_map(|report| report.fault).map(|fault| Cause::Fault { fault });
    explained.or(fault).unwrap_or(if *way == Way::TwoConnections { Cause::Mixed } else { Cause::Altered })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ways::{Delimiter, Kind, Name};

    #[test]
    fn the_same_items_hold_also_when_the_receiver_cannot_name_them() {
        let (text, file) = (text(), file());
        let sent = vec![vec![&text, &file]];
        let plain = |payload: &Payload| Item { kind: None, name: None, ..payload.item() };

        assert_eq!(verdict(&Way::Tlv, &sent, vec![text.item(), file.item()]), Verdict::Held);
        assert_eq!(verdict(&Way::Length, &sent, vec![plain(&text), plain(&file)]), Verdict::Held);
        let reversed = verdict(&Way::Length, &sent, vec![plain(&file), plain(&text)]);
        assert_eq!(reversed, Verdict::Broken { cause: Cause::Altered });
    }

    #[test]
    fn another_kind_or_another_name_is_another_item() {
        let (text, file) = (text(), file());
        let sent = vec![vec![&text, &file]];

        let renamed = Item { name: Name::new("otra.png"), ..file.item() };
        assert_ne!(verdict(&Way::Tlv, &sent, vec![text.item(), renamed]), Verdict::Held);
        let retyped = Item { kind: Some(Kind::Other(1)), ..text.item() };
        assert_ne!(verdict(&Way::Tlv, &sent, vec![retyped, file.item()]), Verdict::Held);
    }

    #[test]
    fn a_delimiter_inside_is_named_with_its_place() {
        let (text, file) = (text(), Payload::file(None, b"ab\n--FIN--\ncd".to_vec()));
        let way = Way::Delimiter(Delimiter::default());
        let pieces = vec![text.item(), Payload::file(None, b"ab".to_vec()).item()];

        let verdict = verdict(&way, &[vec![&text, &file]], pieces);

        assert_eq!(verdict, Verdict::Broken { cause: Cause::DelimiterInside { item: 2, at_byte: 2 } });
    }

    #[test]
    fn one_end_for_two_items_leaves_no_boundary() {
        let (text, file) = (text(), file());
        let joined = Payload::text(&format!("{}image", "hola")).item();

        let verdict = verdict(&Way::Close, &[vec![&text, &file]], vec![joined]);

        assert_eq!(verdict, Verdict::Broken { cause: Cause::NoBoundary });
    }

    #[test]
    fn two_connections_hold_in_one_pair_and_break_in_two() {
        let (text, file) = (text(), file());
        let sent = [vec![&text], vec![&file]];
        let report = |payload: &Payload, pair| {
            let item = Item { name: None, ..payload.item() };
            Some(Report { items: vec![item], pair: Some(pair), ..Report::default() })
        };

        let same = compare(&Way::TwoConnections, &sent, &[report(&text, 7), report(&file, 7)]);
        let other = compare(&Way::TwoConnections, &sent, &[report(&text, 7), report(&file, 8)]);

        assert_eq!(same, Verdict::Held);
        assert_eq!(other, Verdict::Broken { cause: Cause::Mixed });
    }

    #[test]
    fn a_fault_of_the_receiver_breaks_and_no_report_says_nothing() {
        let text = text();
        let fault = Some(Fault::TooLong);
        let report = Report { fault, ..Report::default() };

        let broken = compare(&Way::Tlv, &[vec![&text]], &[Some(report)]);

        assert_eq!(broken, Verdict::Broken { cause: Cause::Fault { fault: Fault::TooLong } });
        assert_eq!(compare(&Way::Tlv, &[vec![&text]], &[None]), Verdict::Unconfirmed);
    }

    #[test]
    fn a_receiver_as_taught_is_the_cause_whatever_else_may_be() {
        let (text, file) = (text(), file());
        let items = vec![text.item()];
        let report = Report { items, taught_bytes: Some(1024), ..Report::default() };

        let broken = compare(&Way::Close, &[vec![&text, &file]], &[Some(report)]);

        assert_eq!(broken, Verdict::Broken { cause: Cause::OneRecv });
    }

    fn verdict(way: &Way, sent: &[Vec<&Payload>], items: Vec<Item>) -> Verdict {
        compare(way, sent, &[Some(Report { items, ..Report::default() })])
    }

    fn text() -> Payload {
        Payload::text("hola")
    }

    fn file() -> Payload {
        Payload::file(Name::new("foto.png"), b"image".to_vec())
    }
}
