//! What somebody may have planted: nothing is followed, opened or written over.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use endpoints::messages::inbox::{Begin, Inbox, InboxError, Quotas, TransferError};
use rustix::fs::{CWD, Mode, mkfifoat};
use wire::errno::{EISDIR, ENOENT, ENOTDIR};

use crate::skip::skip;
use crate::support::{PARTIALS, Place, Sent, hash, is_root};

const SECRET: &[u8] = b"0123456789";

#[test]
fn what_has_the_name_and_is_no_file_is_left_alone() {
    let place = Place::new();
    let victim = place.directory.path().join("victim");
    fs::write(&victim, SECRET).unwrap();
    symlink(&victim, place.path().join("link")).unwrap();
    symlink("/dev/zero", place.path().join("device")).unwrap();
    mkfifoat(CWD, place.path().join("fifo"), Mode::RWXU).unwrap();

    for name in ["link", "device", "fifo"] {
        // Were the link followed, a file of this size and content would be there already.
        let stored = Sent::new(name, SECRET).send(&place.inbox).unwrap();
        assert_eq!((stored.name.to_string(), stored.already), (format!("{name} (2)"), false));
        let none = Sent::new(name, b"").send(&place.inbox).unwrap();
        assert!(!none.already, "{name}");
    }
    assert_eq!(fs::read(&victim).unwrap(), SECRET);
}

#[test]
fn what_stands_in_the_place_of_a_partial_file_is_taken_away_unopened() {
    let place = Place::new();
    let victim = place.directory.path().join("victim");
    fs::write(&victim, SECRET).unwrap();
    let sent = Sent::new("a", b"01234 and more");
    let plants: [&dyn Fn(&Path); 4] = [
        &|partial| symlink(&victim, partial).unwrap(),
        &|partial| symlink("/dev/null", partial).unwrap(),
        &|partial| fs::hard_link(&victim, partial).unwrap(),
        &|partial| mkfifoat(CWD, partial, Mode::RWXU).unwrap(),
    ];

    for plant in plants {
        sent.send_part(&place.inbox, 5);
        let partial = place.partials().remove(0);
        fs::remove_file(&partial).unwrap();
        plant(&partial);

        let Ok(Begin::Fresh(mut incoming)) = sent.begin(&place.inbox) else {
            panic!("nothing of it is there")
        };
        incoming.write(sent.content).unwrap();
        incoming.finish(hash(sent.content)).unwrap();

        assert_eq!(place.read("a"), sent.content);
        fs::remove_file(place.path().join("a")).unwrap();
    }
    assert_eq!(fs::read(&victim).unwrap(), SECRET);
}

#[test]
fn a_directory_in_the_place_of_a_partial_file_is_an_error_that_says_so() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");
    sent.send_part(&place.inbox, 3);
    let partial = place.partials().remove(0);
    fs::remove_file(&partial).unwrap();
    fs::create_dir(&partial).unwrap();

    let error = sent.begin(&place.inbox).unwrap_err();

    let TransferError::System(error) = error else { panic!("{error}") };
    assert_eq!((error.call, error.source.raw_os_error()), ("unlinkat", Some(EISDIR)));
}

#[test]
fn the_directory_of_partial_files_is_no_link() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("elsewhere")).unwrap();
    fs::create_dir(directory.path().join("inbox")).unwrap();
    symlink("../elsewhere", directory.path().join("inbox").join(PARTIALS)).unwrap();

    let error = Inbox::open(&directory.path().join("inbox"), Quotas::default()).unwrap_err();

    let InboxError::System(error) = error else { panic!("{error}") };
    assert_eq!((error.call, error.source.raw_os_error()), ("openat", Some(ENOTDIR)));
    assert!(error.object.ends_with(PARTIALS));
}

#[test]
fn the_directory_of_partial_files_is_no_other_users() {
    if !is_root() {
        return skip("a directory of another user", "this user cannot make one");
    }
    let directory = tempfile::tempdir().unwrap();
    let partials = directory.path().join(PARTIALS);
    fs::create_dir(&partials).unwrap();
    std::os::unix::fs::chown(&partials, Some(65_534), None).unwrap();

    let error = Inbox::open(directory.path(), Quotas::default()).unwrap_err();

    assert!(matches!(error, InboxError::NotOurs { path, owner: 65_534 } if path == partials));
}

#[test]
fn a_directory_of_partial_files_that_others_may_enter_is_closed_to_them() {
    let directory = tempfile::tempdir().unwrap();
    let partials = directory.path().join(PARTIALS);
    fs::create_dir(&partials).unwrap();
    fs::set_permissions(&partials, PermissionsExt::from_mode(0o777)).unwrap();

    let _inbox = Inbox::open(directory.path(), Quotas::default()).unwrap();

    assert_eq!(fs::metadata(&partials).unwrap().permissions().mode() & 0o7777, 0o700);
}

#[test]
fn an_inbox_has_one_server() {
    let place = Place::new();

    let error = Inbox::open(&place.path(), Quotas::default()).unwrap_err();
    assert!(matches!(error, InboxError::InUse { path } if path == place.path()));

    let path = place.path();
    let Place { inbox, directory: _directory } = place;
    drop(inbox);
    assert!(Inbox::open(&path, Quotas::default()).is_ok());
}

#[test]
fn what_is_no_directory_is_no_inbox() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "").unwrap();

    for (path, call, errno) in [("file", "open", ENOTDIR), ("none/inbox", "mkdir", ENOENT)] {
        let error = Inbox::open(&directory.path().join(path), Quotas::default()).unwrap_err();
        let InboxError::System(error) = error else { panic!("{error}") };
        assert_eq!((error.call, error.source.raw_os_error()), (call, Some(errno)));
    }
}
