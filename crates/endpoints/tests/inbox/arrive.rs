//! Files that arrive whole, and under which name.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use endpoints::messages::inbox::{Begin, Inbox, NAMES_TRIED_MAX, Quotas, TransferError};

use crate::support::{PARTIALS, Place, Sent, hash, pattern};

#[test]
fn a_file_arrives_with_its_name_and_is_for_this_user_alone() {
    let place = Place::new();
    let content = pattern(1, 200_000);

    let stored = Sent::new("photo.jpeg", &content).send(&place.inbox).unwrap();

    assert_eq!((stored.name.as_str(), stored.bytes, stored.already), ("photo.jpeg", 200_000, false));
    assert_eq!(stored.hash, hash(&content));
    assert_eq!(place.names(), ["photo.jpeg"]);
    assert_eq!(place.read("photo.jpeg"), content);
    assert!(place.partials().is_empty());
    for (path, mode) in [("", 0o700), (PARTIALS, 0o700), ("photo.jpeg", 0o600)] {
        let permissions = fs::metadata(place.path().join(path)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o7777, mode, "{path}");
    }
}

#[test]
fn a_file_of_no_bytes_arrives_once() {
    let place = Place::new();

    assert!(!Sent::new("empty", b"").send(&place.inbox).unwrap().already);
    assert!(Sent::new("empty", b"").send(&place.inbox).unwrap().already);
    assert_eq!(place.names(), ["empty"]);
}

#[test]
fn a_directory_that_exists_keeps_what_it_has_and_how_it_is() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
    fs::write(directory.path().join("mine"), "mine").unwrap();

    let inbox = Inbox::open(directory.path(), Quotas::default()).unwrap();
    let stored = Sent::new("mine", b"theirs").send(&inbox).unwrap();

    assert_eq!(stored.name.as_str(), "mine (2)");
    assert_eq!(fs::read(directory.path().join("mine")).unwrap(), b"mine");
    assert_eq!(fs::metadata(directory.path()).unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn nothing_is_written_over_whatever_has_the_name() {
    let place = Place::new();
    fs::create_dir(place.path().join("a.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.path().join("a (2).txt")).unwrap();

    for (transfer, name) in [(1, "a (3).txt"), (2, "a (4).txt")] {
        let content = pattern(transfer.into(), 10);
        let stored = Sent { transfer, ..Sent::new("a.txt", &content) }.send(&place.inbox).unwrap();

        assert_eq!(stored.name.as_str(), name);
        assert_eq!(place.read(name), content);
    }
    assert!(!place.path().join("nowhere").exists());
}

#[test]
fn as_many_names_are_tried_as_there_may_be_and_not_one_more() {
    let place = Place::new();
    let taken = |name: String| fs::write(place.path().join(name), "").unwrap();
    taken("a".to_owned());
    (2..NAMES_TRIED_MAX).for_each(|number| taken(format!("a ({number})")));

    let last = Sent::new("a", b"x").send(&place.inbox).unwrap();
    let refused = Sent { transfer: 2, ..Sent::new("a", b"y") }.send(&place.inbox);

    assert_eq!(last.name.to_string(), format!("a ({NAMES_TRIED_MAX})"));
    assert!(matches!(refused, Err(TransferError::NamesTaken)));
    assert!(place.partials().is_empty());
}

#[test]
fn a_wrong_hash_leaves_nothing() {
    let place = Place::new();
    let sent = Sent::new("a", b"what was sent");
    let mut incoming = sent.go_on(&place.inbox).unwrap();
    incoming.write(b"what was sEnt").unwrap();

    let error = incoming.finish(hash(sent.content)).unwrap_err();

    assert!(matches!(error, TransferError::Mismatch { arrived } if arrived == hash(b"what was sEnt")));
    assert!(place.names().is_empty() && place.partials().is_empty());
}

#[test]
fn more_bytes_than_were_announced_are_not_taken_and_fewer_are_no_end() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");

    let mut incoming = sent.go_on(&place.inbox).unwrap();
    assert!(matches!(incoming.write(b"123456"), Err(TransferError::TooMuch { size: 5 })));
    incoming.write(b"1234").unwrap();
    assert!(matches!(incoming.write(b"56"), Err(TransferError::TooMuch { size: 5 })));
    assert!(matches!(incoming.finish(hash(b"1234")), Err(TransferError::TooLittle { missing: 1 })));

    assert!(place.names().is_empty());
    assert_eq!(sent.send(&place.inbox).unwrap().name.as_str(), "a");
}

#[test]
fn what_is_discarded_leaves_nothing() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");
    let mut incoming = sent.go_on(&place.inbox).unwrap();
    incoming.write(b"123").unwrap();

    incoming.discard().unwrap();

    assert!(place.partials().is_empty());
    assert!(matches!(sent.begin(&place.inbox), Ok(Begin::Fresh(_))));
}
