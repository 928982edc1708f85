//! How much an inbox takes.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use endpoints::messages::inbox::{Begin, Inbox, Quotas, TransferError};
use wire::errno::ENOSPC;

use crate::again::again;
use crate::support::{Place, Sent, is_root, pattern};

/// Names the small disk for the test that is run again with one.
const SMALL_DISK: &str = "SOCKLAB_TEST_SMALL_DISK";

#[test]
fn a_file_may_have_the_most_bytes_and_not_one_more() {
    let place = Place::with(Quotas { file_bytes_max: 5, ..Quotas::default() });

    Sent::new("a", b"12345").send(&place.inbox).unwrap();
    let error = Sent::new("b", b"123456").begin(&place.inbox).unwrap_err();

    assert!(matches!(error, TransferError::TooLarge { room: 5 }));
    assert!(place.partials().is_empty());
}

#[test]
fn what_is_on_its_way_counts_with_its_whole_size() {
    let place = Place::with(Quotas { inbox_bytes_max: 10, ..Quotas::default() });
    let first = Sent::new("a", b"123456").go_on(&place.inbox).unwrap();

    let error = Sent::new("b", b"12345").begin(&place.inbox).unwrap_err();
    assert!(matches!(error, TransferError::TooLarge { room: 4 }));
    let second = Sent::new("c", b"1234").go_on(&place.inbox).unwrap();

    drop((first, second));
    Sent::new("b", b"12345").send(&place.inbox).unwrap();
}

#[test]
fn what_is_stored_and_what_was_left_counts() {
    let place = Place::with(Quotas { inbox_bytes_max: 10, ..Quotas::default() });
    Sent::new("a", b"123456").send(&place.inbox).unwrap();
    Sent::new("b", b"1234").send_part(&place.inbox, 3);

    let error = Sent::new("c", b"12").begin(&place.inbox).unwrap_err();
    assert!(matches!(error, TransferError::TooLarge { room: 1 }));

    Sent::new("b", b"1234").send(&place.inbox).unwrap();
    let again = Sent::new("a", b"123456").send(&place.inbox).unwrap();
    assert!(again.already, "what is there needs no room");
}

#[test]
fn there_may_be_the_most_files_and_not_one_more() {
    let place = Place::with(Quotas { files_max: 2, ..Quotas::default() });
    Sent::new("a", b"").send(&place.inbox).unwrap();
    Sent::new("b", b"12").send_part(&place.inbox, 1);

    let error = Sent::new("c", b"").begin(&place.inbox).unwrap_err();
    assert!(matches!(error, TransferError::TooLarge { room: 0 }));

    Sent::new("b", b"12").send(&place.inbox).unwrap();
}

#[test]
fn a_partial_file_that_is_too_old_is_removed_and_others_count() {
    let place = Place::new();
    let (old, young) = (Sent::new("old", b"12345"), Sent::new("young", b"12345"));
    old.send_part(&place.inbox, 3);
    let long_ago = SystemTime::now() - Duration::from_secs(100);
    File::options().write(true).open(&place.partials()[0]).unwrap().set_modified(long_ago).unwrap();
    young.send_part(&place.inbox, 2);
    let path = place.path();
    let Place { inbox, directory: _directory } = place;
    drop(inbox);

    let quotas =
        Quotas { partial_age_max: Duration::from_secs(99), inbox_bytes_max: 10, ..Quotas::default() };
    let inbox = Inbox::open(&path, quotas).unwrap();

    let error = Sent::new("new", &[0; 9]).begin(&inbox).unwrap_err();
    assert!(matches!(error, TransferError::TooLarge { room: 8 }));
    assert!(matches!(old.begin(&inbox), Ok(Begin::Fresh(_))));
    assert!(matches!(young.begin(&inbox), Ok(Begin::Have { offset: 2, .. })));
}

#[test]
fn when_there_is_no_room_partial_files_that_are_too_old_make_it() {
    let quotas = Quotas { inbox_bytes_max: 10, partial_age_max: Duration::ZERO, ..Quotas::default() };
    let place = Place::with(quotas);
    let open = Sent::new("open", b"123");
    let mut incoming = open.go_on(&place.inbox).unwrap();
    Sent::new("left", b"12345").send_part(&place.inbox, 5);
    let long_ago = SystemTime::now() - Duration::from_secs(100);
    for partial in place.partials() {
        File::options().write(true).open(partial).unwrap().set_modified(long_ago).unwrap();
    }

    Sent::new("new", b"1234567").send(&place.inbox).unwrap();

    open.write(&mut incoming, 3).unwrap();
    assert_eq!(place.partials().len(), 1, "the one that is open is nobody's to remove");
}

#[test]
fn a_disk_that_is_full_is_told_and_not_kept_full() {
    let Some(disk) = env::var_os(SMALL_DISK) else {
        return on_a_small_disk("quota::a_disk_that_is_full_is_told_and_not_kept_full");
    };
    let path = PathBuf::from(disk).join("inbox");
    let inbox = Inbox::open(&path, Quotas::default()).unwrap();
    let content = pattern(1, 2 << 20);

    let error = Sent::new("large", &content).send(&inbox).unwrap_err();

    let TransferError::System(error) = error else { panic!("{error}") };
    assert_eq!(error.source.raw_os_error(), Some(ENOSPC));
    assert_eq!(fs::read_dir(path.join(crate::support::PARTIALS)).unwrap().count(), 0);
    let fits = &content[..512 * 1024];
    assert_eq!(Sent::new("fits", fits).send(&inbox).unwrap().bytes, fits.len() as u64);
}

/// Runs a test again, in a mount namespace that has a disk of one megabyte.
fn on_a_small_disk(test: &str) {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size=1m none \"${SMALL_DISK}\"");
    let namespaces = if is_root() { &["--mount"][..] } else { &["--user", "--map-root-user", "--mount"] };
    again("a full disk", test, namespaces, (SMALL_DISK, directory.path()), &script);
}
