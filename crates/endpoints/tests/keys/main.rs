//! Keys on disk: what is made, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

#[path = "../shared/skip.rs"]
mod skip;

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::thread;

use endpoints::messages::keys::{KeyFile, KeysError, NewKey, load, load_client, load_list, make};
use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;
use wire::key::{
    CLIENT_FILE_BYTES_MAX, Commands, Grant, Grants, KEYS_MAX, KeyListError, LIST_BYTES_MAX, LineFault, Named,
};

use skip::skip;

/// A directory for the files of a test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn list(&self) -> PathBuf {
        self.path("socklab.keys")
    }

    /// Makes a key with its two files.
    fn make(&self, name: &str) -> Result<usize, KeysError> {
        make(new(name), &self.path(&format!("{name}.key")), &self.list()).map(|made| made.keys)
    }

    /// Writes a file with these permissions.
    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }
}

#[test]
fn a_key_is_the_same_in_both_files_and_private_in_both() {
    let place = Place::new();
    let grants = Grants::NONE.with(Grant::Text).with(Grant::Exec);
    let commands =
        Commands { named: Named::List(vec!["uptime".to_owned(), "/bin/date".to_owned()]), shell: true };
    let asked = NewKey { grants, commands: commands.clone(), ..new("ana") };

    let made = make(asked, &place.path("ana.key"), &place.list()).unwrap();

    let client = load_client(&place.path("ana.key")).unwrap();
    let list = load_list(&place.list()).unwrap();
    let key = list.find(client.secret.id()).unwrap();
    assert_eq!((made.id, made.keys), (client.secret.id(), 1));
    assert_eq!((client.name.as_str(), key.name.as_str()), ("ana", "ana"));
    assert_eq!((key.grants, &key.commands), (grants, &commands));
    for path in [place.path("ana.key"), place.list()] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o600);
    }
}

#[test]
fn each_key_has_a_secret_of_its_own_and_a_line_of_its_own() {
    let place = Place::new();
    fs::write(place.list(), "# who may talk here").unwrap();
    fs::set_permissions(place.list(), Permissions::from_mode(0o600)).unwrap();

    assert_eq!(place.make("ana").unwrap(), 1);
    assert_eq!(place.make("eva").unwrap(), 2);

    let list = load_list(&place.list()).unwrap();
    assert_eq!(list.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["ana", "eva"]);
    assert!(fs::read_to_string(place.list()).unwrap().starts_with("# who may talk here\nana "));
}

#[test]
fn a_name_that_the_list_has_is_refused_and_nothing_is_made() {
    let place = Place::new();
    place.make("ana").unwrap();
    let before = fs::read(place.list()).unwrap();

    let error = make(new("ana"), &place.path("other.key"), &place.list()).unwrap_err();

    assert!(matches!(error, KeysError::NameTaken { name, .. } if name.as_str() == "ana"));
    assert!(!place.path("other.key").exists());
    assert_eq!(fs::read(place.list()).unwrap(), before);
}

#[test]
fn the_file_of_a_client_is_not_written_over_and_no_list_is_made_beside_it() {
    let place = Place::new();
    fs::write(place.path("ana.key"), "mine").unwrap();
    symlink("nowhere", place.path("eva.key")).unwrap();

    for name in ["ana", "eva"] {
        let error = place.make(name).unwrap_err();
        assert!(
            matches!(error, KeysError::System { source, .. } if source.kind() == ErrorKind::AlreadyExists)
        );
    }
    assert_eq!(fs::read(place.path("ana.key")).unwrap(), b"mine");
    assert!(!place.path("nowhere").exists() && !place.list().exists());
}

#[test]
fn when_the_list_cannot_be_written_the_client_gets_no_file() {
    let place = Place::new();
    let list = place.path("none/socklab.keys");

    let error = make(new("ana"), &place.path("ana.key"), &list).unwrap_err();

    assert!(matches!(error, KeysError::System { path, .. } if path == list));
    assert!(!place.path("ana.key").exists());
}

#[test]
fn a_list_that_is_wrong_already_is_not_added_to() {
    let place = Place::new();
    place.write("socklab.keys", "nonsense\n", 0o600);

    let error = place.make("ana").unwrap_err();

    let wrong = KeyListError::Line { line: 1, fault: LineFault::Secret };
    assert!(matches!(error, KeysError::List { cause, .. } if cause == wrong));
    assert!(!place.path("ana.key").exists());
}

#[test]
fn a_list_takes_the_most_keys_and_not_one_more() {
    let place = Place::new();
    place.make("first").unwrap();
    let line = fs::read_to_string(place.list()).unwrap();
    let secret = line.split(' ').nth(1).unwrap();
    // Secrets that differ in letters which no decoding leaves out.
    let others = (1..KEYS_MAX - 1).map(|number| format!("k{number} {number:A>4}{}\n", &secret[4..]));
    place.write("socklab.keys", &others.chain([line.clone()]).collect::<String>(), 0o600);

    assert_eq!(place.make("last").unwrap(), KEYS_MAX);
    let error = place.make("more").unwrap_err();

    assert!(matches!(error, KeysError::List { cause: KeyListError::TooMany { .. }, .. }), "{error}");
}

#[test]
fn keys_that_are_made_at_once_are_all_there_or_told() {
    let place = Place::new();
    place.make("first").unwrap();

    let made = thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|number| {
                scope.spawn({
                    let place = &place;
                    move || place.make(&format!("k{number}"))
                })
            })
            .collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect::<Vec<_>>()
    });

    let list = load_list(&place.list()).unwrap();
    assert_eq!(list.len(), 1 + made.iter().filter(|made| made.is_ok()).count());
    for error in made.into_iter().filter_map(Result::err) {
        assert!(matches!(error, KeysError::System { call: "flock", .. }), "{error}");
    }
}

#[test]
fn a_file_that_others_may_read_or_change_is_refused() {
    let place = Place::new();
    place.make("ana").unwrap();
    for path in [place.path("ana.key"), place.list()] {
        for mode in [0o640, 0o604, 0o620, 0o602, 0o666, 0o777] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(matches!(load(&path), Err(KeysError::Exposed { mode: seen, .. }) if seen == mode));
        }
        for mode in [0o600, 0o400, 0o700, 0o611] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(load(&path).is_ok(), "{mode:o}");
        }
    }
    fs::set_permissions(place.list(), Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(place.make("eva"), Err(KeysError::Exposed { .. })));
    assert!(!place.path("eva.key").exists());
}

#[test]
fn a_file_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return skip("a file of another user", "this user cannot make one");
    }
    let place = Place::new();
    place.make("ana").unwrap();
    chown(place.path("ana.key"), Some(65_534), None).unwrap();

    assert!(matches!(load_client(&place.path("ana.key")), Err(KeysError::NotOurs { owner: 65_534, .. })));
}

#[test]
fn what_is_no_regular_file_is_refused_and_not_waited_for() {
    let place = Place::new();
    mkfifoat(CWD, place.path("fifo"), Mode::RUSR | Mode::WUSR).unwrap();

    for path in [&place.path("fifo"), place.0.path(), Path::new("/dev/zero")] {
        assert!(matches!(load(path), Err(KeysError::NotAFile { .. })), "{}", path.display());
    }
    let error = make(new("ana"), &place.path("ana.key"), &place.path("fifo")).unwrap_err();
    assert!(matches!(error, KeysError::NotAFile { .. }));
}

#[test]
fn a_link_leads_to_the_file_whose_permissions_count() {
    let place = Place::new();
    place.make("ana").unwrap();
    symlink(place.path("ana.key"), place.path("link")).unwrap();

    assert!(load_client(&place.path("link")).is_ok());
    fs::set_permissions(place.path("ana.key"), Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(load_client(&place.path("link")), Err(KeysError::Exposed { .. })));
}

#[test]
fn a_file_may_have_the_most_bytes_and_not_one_more() {
    let place = Place::new();
    place.make("ana").unwrap();
    let key = fs::read_to_string(place.path("ana.key")).unwrap();
    let list = fs::read_to_string(place.list()).unwrap();
    let filled = |text: &str, bytes: usize| format!("{text}{}", "#".repeat(bytes - text.len()));

    for (text, bytes_max) in [(&key, CLIENT_FILE_BYTES_MAX), (&list, LIST_BYTES_MAX)] {
        let read = |path: &Path| match bytes_max {
            CLIENT_FILE_BYTES_MAX => load_client(path).map(drop),
            _ => load_list(path).map(drop),
        };
        assert!(read(&place.write("most", &filled(text, bytes_max), 0o600)).is_ok());
        let error = read(&place.write("more", &filled(text, bytes_max + 1), 0o600)).unwrap_err();
        assert!(matches!(error, KeysError::TooLarge { bytes_max: told, .. } if told == bytes_max));
    }
}

#[test]
fn either_kind_of_file_is_told_by_how_it_begins() {
    let place = Place::new();
    place.make("ana").unwrap();
    let key = fs::read_to_string(place.path("ana.key")).unwrap();

    assert!(matches!(load(&place.path("ana.key")), Ok(KeyFile::Client(_))));
    assert!(matches!(load(&place.list()), Ok(KeyFile::List(list)) if list.len() == 1));
    assert!(
        matches!(load(&place.write("empty", "# none\n", 0o600)), Ok(KeyFile::List(list)) if list.is_empty())
    );
    let twice = place.write("twice", &format!("{key}{key}"), 0o600);
    assert!(matches!(load(&twice), Err(KeysError::Client { .. })));
    let binary = place.path("binary");
    fs::write(&binary, [0xff]).unwrap();
    fs::set_permissions(&binary, Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(load(&binary), Err(KeysError::NotText { .. })));
}

#[test]
fn no_error_shows_what_stands_in_a_file() {
    let place = Place::new();
    place.make("ana").unwrap();
    let text = fs::read_to_string(place.path("ana.key")).unwrap();
    let secret = text.split_ascii_whitespace().nth(2).unwrap().to_owned();

    for wrong in
        [format!("socklab-key-1 {secret}"), format!("{secret} ana"), format!("ana {secret} may={secret}")]
    {
        let error = load(&place.write("wrong", &wrong, 0o600)).unwrap_err();
        assert!(!error.to_string().contains(&secret) && !format!("{error:?}").contains(&secret), "{error}");
    }
}

fn new(name: &str) -> NewKey {
    NewKey { name: name.parse().unwrap(), grants: Grants::PLAIN, commands: Commands::default() }
}
