//! Several transfers at once.

use std::fs;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use endpoints::messages::inbox::{Begin, TransferError};

use crate::support::{PARTIALS, Place, Sent, hash, names, pattern};

#[test]
fn two_files_with_one_name_get_two_names() {
    let place = Place::new();
    let barrier = Barrier::new(2);
    let (one, two) = (pattern(1, 100_000), pattern(2, 100_000));

    thread::scope(|scope| {
        for (transfer, content) in [(1, &one), (2, &two)] {
            let (place, barrier) = (&place, &barrier);
            scope.spawn(move || {
                barrier.wait();
                Sent { transfer, ..Sent::new("a.txt", content) }.send(&place.inbox).unwrap();
            });
        }
    });

    assert_eq!(place.names(), ["a (2).txt", "a.txt"]);
    let mut stored = [place.read("a.txt"), place.read("a (2).txt")];
    stored.sort();
    let mut sent = [one, two];
    sent.sort();
    assert_eq!(stored, sent);
}

#[test]
fn the_same_transfer_takes_the_place_of_the_one_that_is_open() {
    let place = Place::new();
    let sent = Sent::new("a", b"12345");
    let mut first = sent.go_on(&place.inbox).unwrap();
    first.write(b"123").unwrap();

    let Ok(Begin::Have { offset: 3, kept }) = sent.begin(&place.inbox) else { panic!("a part is there") };
    assert!(matches!(first.write(b"4"), Err(TransferError::Superseded)));
    let (_, mut second) = kept.resume_from(3, hash(b"123")).unwrap();
    assert!(matches!(first.finish(hash(b"123")), Err(TransferError::Superseded)));
    second.write(b"45").unwrap();

    assert_eq!(second.finish(hash(b"12345")).unwrap().name.as_str(), "a");
    assert_eq!(place.read("a"), b"12345");
}

#[test]
fn many_that_take_each_others_place_store_one_file() {
    let place = Place::new();
    let content = pattern(1, 1 << 20);

    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| match Sent::new("a", &content).send(&place.inbox) {
                Ok(stored) => assert_eq!(stored.name.as_str(), "a"),
                Err(error) => assert!(matches!(error, TransferError::Superseded), "{error}"),
            });
        }
    });

    assert_eq!((place.names(), place.read("a")), (vec!["a".to_owned()], content));
    assert!(place.partials().is_empty());
}

#[test]
fn whoever_looks_never_sees_a_part_of_a_file() {
    let place = Place::new();
    let path = place.path();
    let is_over = AtomicBool::new(false);
    let content = |file: usize| pattern(file, 50_000 + file);

    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut looks = 0;
            while !is_over.load(Ordering::Acquire) || looks == 0 {
                for name in names(&path).into_iter().filter(|name| name != PARTIALS) {
                    assert_eq!(fs::read(path.join(&name)).unwrap(), content(name.parse().unwrap()));
                }
                looks += 1;
            }
        });
        thread::scope(|scope| {
            for sender in 0..3 {
                let inbox = &place.inbox;
                scope.spawn(move || {
                    for file in (sender..30).step_by(3) {
                        let content = content(file);
                        let sent = Sent::new("", &content);
                        let name = file.to_string();
                        let sent = Sent { name: &name, ..sent };
                        sent.send_part(inbox, content.len() / 2);
                        sent.send(inbox).unwrap();
                    }
                });
            }
        });
        is_over.store(true, Ordering::Release);
        watcher.join().unwrap();
    });

    assert_eq!(place.names().len(), 30);
}
