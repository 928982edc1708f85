//! A journal in a file: each record is on the disk before the next task is given out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::journal::{Header, Journal, JournalError, Record, line};
use super::name::shown;

/// How long a journal is at the most.
const JOURNAL_BYTES_MAX: u64 = 4 << 30;

/// A journal that is being written.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    file: File,
    journal: Journal,
}

/// Why a journal cannot be read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A call failed.
    #[error("{operation} {path}: {error}")]
    System {
        /// Which call.
        operation: &'static str,
        /// On what, as it is shown.
        path: String,
        /// What the kernel said.
        error: io::Error,
    },
    /// Somebody else is writing it.
    #[error("{path} is being written by another process")]
    Busy {
        /// The file, as it is shown.
        path: String,
    },
    /// It is no journal, or one of another class.
    #[error("{path}: {error}")]
    Journal {
        /// The file, as it is shown.
        path: String,
        /// Why.
        error: JournalError,
    },
}

impl Store {
    /// Opens a journal, or begins one. What was being written when its writer ended is cut off.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; [`JournalError::OtherClass`] if it has records of another class.
    pub fn open(path: &Path, header: Header) -> Result<Self, StoreError> {
        let system =
            |operation| move |error| StoreError::System { operation, path: shown(path.as_os_str()), error };
        let wrong = |error| StoreError::Journal { path: shown(path.as_os_str()), error };
        let options = OpenOptions::new().read(true).append(true).create(true).open(path);
        let mut file = options.map_err(system("open"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy { path: shown(path.as_os_str()) },
            TryLockError::Error(error) => system("flock")(error),
        })?;
        let bytes = all(&mut file).map_err(system("read"))?;
        let read = Journal::read(&bytes).map_err(wrong)?;
        file.set_len(read.whole_bytes as u64).map_err(system("ftruncate"))?;
        let known = read.journal.is_some();
        let mut journal = read.journal.unwrap_or_else(|| Journal::new(header.clone()));
        let before = journal.header.clone();
        journal.merge(Journal::new(header)).map_err(wrong)?;
        let mut store = Self { path: path.to_owned(), file, journal };
        if !known || store.journal.header != before {
            store.write(&line(&store.journal.header))?;
        }
        Ok(store)
    }

    /// What was done so far.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Writes what came of a task, and waits until it is on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreError::System`]: `ENOSPC` when the disk is full.
    pub fn add(&mut self, record: Record) -> Result<(), StoreError> {
        self.write(&line(&record))?;
        self.journal.add(record);
        Ok(())
    }

    fn write(&mut self, line: &[u8]) -> Result<(), StoreError> {
        let written = self.file.write_all(line).and_then(|()| self.file.sync_data());
        written.map_err(|error| StoreError::System {
            operation: "write",
            path: shown(self.path.as_os_str()),
            error,
        })
    }
}

impl Drop for Store {
    /// Gives the lock back. Closing the file would not, while a child that was just made has a copy of the descriptor (`flock(2)`).
    fn drop(&mut self) {
        // Where it fails, the lock ends with the last copy.
        let _ = self.file.unlock();
    }
}

/// Reads a journal that somebody else may be writing.
///
/// # Errors
///
/// [`StoreError`]; one that has no whole line is no journal.
pub fn read_journal(path: &Path) -> Result<Journal, StoreError> {
    let shown = || shown(path.as_os_str());
    let system = |operation| move |error| StoreError::System { operation, path: shown(), error };
    let mut file = File::open(path).map_err(system("open"))?;
    let bytes = all(&mut file).map_err(system("read"))?;
    let read = Journal::read(&bytes).map_err(|error| StoreError::Journal { path: shown(), error })?;
    read.journal.ok_or_else(|| StoreError::Journal { path: shown(), error: JournalError::NoHeader })
}

fn all(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(JOURNAL_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > JOURNAL_BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::super::journal::samples::{header, record, records};
    use super::super::summary::Summary;
    use super::*;
    use crate::check::State;
    use crate::exercise::Exercise;

    #[test]
    fn nobody_else_writes_a_journal_meanwhile() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal.jsonl");
        let _store = Store::open(&path, header(&["a"])).unwrap();

        assert!(matches!(Store::open(&path, header(&["a"])), Err(StoreError::Busy { .. })));
        assert!(read_journal(&path).is_ok());
    }

    #[test]
    fn whoever_goes_on_does_not_wait_for_copies_of_the_descriptor() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal.jsonl");
        let store = Store::open(&path, header(&["a"])).unwrap();
        let _copy = store.file.try_clone().unwrap();

        drop(store);

        assert!(Store::open(&path, header(&["a"])).is_ok());
    }

    #[test]
    fn a_journal_of_another_class_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal.jsonl");
        drop(Store::open(&path, header(&["a"])).unwrap());
        let before = fs::read(&path).unwrap();

        let other = Header { class: "else".to_owned(), ..header(&["a"]) };
        let refused = Store::open(&path, other);
        assert!(matches!(refused, Err(StoreError::Journal { error: JournalError::OtherClass, .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn submissions_that_come_later_are_written_too() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal.jsonl");
        drop(Store::open(&path, header(&["a"])).unwrap());
        drop(Store::open(&path, header(&["b"])).unwrap());

        assert_eq!(read_journal(&path).unwrap().header.submissions, ["a", "b"]);
    }

    proptest! {
        /// Wherever the writer is killed, whoever goes on has what was whole, and ends with the same summary.
        #[test]
        fn a_writer_that_is_killed_anywhere_can_be_followed_by_another_one(records in records(), cut in 0..4000_usize) {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("journal.jsonl");
            let mut store = Store::open(&path, header(&["a", "b"])).unwrap();
            records.iter().cloned().for_each(|record| store.add(record).unwrap());
            let expected = Summary::of(store.journal());
            drop(store);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..cut.min(bytes.len())]).unwrap();

            let mut store = Store::open(&path, header(&["a", "b"])).unwrap();
            let missing: Vec<_> = records.iter().filter(|it| store.journal().records.get(&it.task) != Some(it)).collect();
            for record in missing {
                store.add(record.clone()).unwrap();
            }
            prop_assert_eq!(&Summary::of(store.journal()), &expected);
            prop_assert_eq!(&Summary::of(&read_journal(&path).unwrap()), &expected);
        }
    }

    #[test]
    fn a_record_is_in_the_file_at_once() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal.jsonl");
        let mut store = Store::open(&path, header(&["a"])).unwrap();
        store.add(record("a", Exercise::EchoUdp, State::Pass, 1)).unwrap();

        assert_eq!(read_journal(&path).unwrap().records.len(), 1);
    }
}
