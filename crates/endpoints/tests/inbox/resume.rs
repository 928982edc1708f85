//! Transfers that are cut and go on.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;

use endpoints::messages::inbox::{Begin, Inbox, Quotas, TransferError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{PARTIALS, Place, Sent, hash, names, pattern};

#[test]
fn a_transfer_that_was_cut_goes_on_from_there_after_a_restart_too() {
    let place = Place::new();
    let content = pattern(1, 300_000);
    let sent = Sent::new("a", &content);
    sent.send_part(&place.inbox, 100_000);
    let path = place.path();
    let Place { inbox, directory: _directory } = place;
    drop(inbox);
    let inbox = Inbox::open(&path, Quotas::default()).unwrap();

    let Ok(Begin::Have { offset: 100_000, kept }) = sent.begin(&inbox) else { panic!("a part is there") };
    let (offset, mut incoming) = kept.resume_from(100_000, hash(&content[..100_000])).unwrap();
    assert_eq!(offset, 100_000);
    incoming.write(&content[100_000..]).unwrap();
    incoming.finish(hash(&content)).unwrap();

    assert_eq!(fs::read(path.join("a")).unwrap(), content);
}

#[test]
fn nobody_goes_on_with_what_another_one_began() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");
    sent.send_part(&place.inbox, 3);

    for other in [
        Sent { owner: "eva", ..sent },
        Sent { transfer: 2, ..sent },
        Sent { name: "b", ..sent },
        Sent { content: b"123456", ..sent },
    ] {
        assert!(matches!(other.begin(&place.inbox), Ok(Begin::Fresh(_))));
    }
    assert!(matches!(sent.begin(&place.inbox), Ok(Begin::Have { offset: 3, .. })));
}

#[test]
fn a_part_with_another_hash_is_not_gone_on_with() {
    let place = Place::new();
    Sent::new("a", b"12345").send_part(&place.inbox, 3);
    let changed = Sent::new("a", b"1x345");

    let stored = changed.send(&place.inbox).unwrap();

    assert_eq!((place.read("a"), stored.already), (b"1x345".to_vec(), false));
}

#[test]
fn there_is_no_going_on_from_beyond_what_is_there() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");
    sent.send_part(&place.inbox, 3);

    let Ok(Begin::Have { kept, .. }) = sent.begin(&place.inbox) else { panic!("a part is there") };

    assert!(matches!(kept.resume_from(4, hash(b"1234")), Err(TransferError::Beyond { have: 3 })));
    assert!(matches!(sent.begin(&place.inbox), Ok(Begin::Have { offset: 3, .. })));
}

#[test]
fn a_file_whose_answer_was_lost_is_not_stored_twice() {
    let place = Place::new();
    Sent { transfer: 9, ..Sent::new("a", b"other") }.send(&place.inbox).unwrap();
    let sent = Sent::new("a", b"12345");
    assert_eq!(sent.send(&place.inbox).unwrap().name.as_str(), "a (2)");

    let again = sent.send(&place.inbox).unwrap();

    assert_eq!((again.name.as_str(), again.already, again.hash), ("a (2)", true, hash(b"12345")));
    assert_eq!(place.names(), ["a", "a (2)"]);
}

#[test]
fn a_file_that_only_looks_like_the_one_that_was_stored_is_another_one() {
    let place = Place::new();
    Sent::new("a", b"12345").send(&place.inbox).unwrap();
    let sent = Sent { transfer: 2, ..Sent::new("a", b"54321") };

    let Ok(Begin::Have { offset: 5, kept }) = sent.begin(&place.inbox) else {
        panic!("its size is the same")
    };
    let (offset, mut incoming) = kept.resume_from(5, hash(b"54321")).unwrap();
    assert_eq!(offset, 0);
    incoming.write(b"54321").unwrap();

    assert_eq!(incoming.finish(hash(b"54321")).unwrap().name.as_str(), "a (2)");
    assert_eq!((place.read("a"), place.read("a (2)")), (b"12345".to_vec(), b"54321".to_vec()));
}

/// What happens to a partial file between two tries.
#[derive(Debug, Clone)]
enum Harm {
    Nothing,
    Flip(Index),
    Cut(Index),
    Grow(Vec<u8>),
    Lose,
}

/// One try: from which part of what is there the client goes on, how far it comes, and what happens then.
#[derive(Debug, Clone)]
struct Try {
    back: Option<Index>,
    end: Index,
    harm: Harm,
    other_content: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_between_what_is_stored_is_what_was_sent(
        bytes in 1_usize..200_000,
        tries in prop::collection::vec(a_try(), 0..6),
    ) {
        let place = Place::new();
        let (content, other) = (pattern(1, bytes), pattern(2, bytes));
        for one in &tries {
            let content = if one.other_content { &other } else { &content };
            make(one, &Sent::new("a", content), &place);
            assert!(place.names().is_empty());
        }

        let stored = Sent::new("a", &content).send(&place.inbox).unwrap();

        prop_assert_eq!(stored.hash, hash(&content));
        prop_assert_eq!(place.read("a"), content);
        prop_assert!(place.partials().is_empty());
    }
}

fn a_try() -> impl Strategy<Value = Try> {
    let harm = prop_oneof![
        3 => Just(Harm::Nothing),
        1 => any::<Index>().prop_map(Harm::Flip),
        1 => any::<Index>().prop_map(Harm::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..1000).prop_map(Harm::Grow),
        1 => Just(Harm::Lose),
    ];
    let parts = (any::<Option<Index>>(), any::<Index>(), harm, prop::bool::weighted(0.2));
    parts.prop_map(|(back, end, harm, other_content)| Try { back, end, harm, other_content })
}

fn make(one: &Try, sent: &Sent<'_>, place: &Place) {
    let mut incoming = match sent.begin(&place.inbox).unwrap() {
        Begin::Fresh(incoming) => incoming,
        Begin::Have { offset, kept } => {
            let have = usize::try_from(offset).unwrap();
            let from = one.back.map_or(have, |back| back.index(have + 1));
            let (offset, incoming) = kept.resume_from(from as u64, hash(&sent.content[..from])).unwrap();
            assert!(offset == from as u64 || offset == 0);
            incoming
        }
    };
    sent.write(&mut incoming, one.end.index(sent.content.len() + 1)).unwrap();
    drop(incoming);
    let directory = place.path().join(PARTIALS);
    let name = names(&directory).remove(0);
    let file = OpenOptions::new().read(true).write(true).open(directory.join(&name)).unwrap();
    let bytes = file.metadata().unwrap().len();
    match &one.harm {
        Harm::Flip(at) if bytes > 0 => {
            let at = at.index(usize::try_from(bytes).unwrap()) as u64;
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).unwrap();
            file.write_all_at(&[!byte[0]], at).unwrap();
        }
        Harm::Cut(at) => file.set_len(at.index(usize::try_from(bytes + 1).unwrap()) as u64).unwrap(),
        Harm::Grow(tail) => file.write_all_at(tail, bytes).unwrap(),
        Harm::Lose => fs::remove_file(directory.join(name)).unwrap(),
        Harm::Nothing | Harm::Flip(_) => {}
    }
}
