//! Who has which partial file, and how much room is taken.
//!
//! Each transfer that is open has a [`Claim`] to its partial file. A newer claim to the same one takes the place of the
//! older, which learns of it when it next wants to work; what it is doing at that moment is waited for. So a
//! transfer whose connection is dead, and which nothing will ever wake, keeps nobody out.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::partials::PartialId;
use super::{Quotas, SafeName, TransferError};

/// The longest time that a transfer waits for the one that it takes the place of: that one may be writing to a slow disk.
pub const TAKEOVER_MAX: Duration = Duration::from_secs(10);

/// The partial files of an inbox, and what they and the files stored since the start count.
#[derive(Debug)]
pub(super) struct Ledger {
    quotas: Quotas,
    takeover_max: Duration,
    state: Mutex<State>,
    let_go: Condvar,
}

#[derive(Debug, Default)]
struct State {
    slots: BTreeMap<PartialId, Slot>,
    /// What was stored since the start, so that a transfer whose answer was lost finds its file, whatever it is called.
    stored: BTreeMap<PartialId, SafeName>,
    /// The bytes that all slots count and those of what was stored.
    bytes: u64,
    /// The slots that count, and what was stored.
    files: u64,
    /// The turn of the newest claim.
    turn: u64,
}

/// A partial file that is there, or that a transfer has a claim to.
#[derive(Debug, Default)]
struct Slot {
    /// What it counts: the size that was announced while its transfer is open, else the bytes on the disk.
    counted: Option<u64>,
    /// How many bytes of it are on the disk; none when there is no file.
    on_disk: Option<u64>,
    /// Whose turn it is: that of the newest claim, none when nobody has one.
    turn: Option<u64>,
    /// The turn of the claim that is doing something to the file at this moment: the newest, or one before.
    at_work: Option<u64>,
}

/// The right to a partial file, until a newer claim takes it.
#[derive(Debug)]
pub(super) struct Claim {
    ledger: Arc<Ledger>,
    id: PartialId,
    turn: u64,
}

/// The file is this claim's as long as this lives: nobody takes it over in between.
#[derive(Debug)]
pub(super) struct Work<'a> {
    claim: &'a Claim,
    /// How many bytes of the partial file are on the disk now; none when there is no file.
    pub(super) on_disk: Option<u64>,
}

impl Ledger {
    pub(super) fn new(quotas: Quotas) -> Self {
        Self { quotas, takeover_max: TAKEOVER_MAX, state: Mutex::default(), let_go: Condvar::new() }
    }

    pub(super) fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Counts a partial file that an earlier run left.
    pub(super) fn found(&self, id: PartialId, bytes: u64) {
        let mut state = self.lock();
        state.count(id, Some(bytes));
        state.slots.entry(id).or_default().on_disk = Some(bytes);
    }

    /// Has a partial file removed and counts it no longer, unless somebody has a claim to it.
    pub(super) fn remove_idle<E>(
        &self,
        id: PartialId,
        remove: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut state = self.lock();
        if state.slots.get(&id).is_some_and(|slot| slot.turn.is_none()) {
            remove()?;
            state.count(id, None);
            state.slots.remove(&id);
        }
        Ok(())
    }

    /// The most bytes that one file more may have.
    pub(super) fn room(&self) -> u64 {
        self.lock().room(&self.quotas, None).unwrap_or_default()
    }

    /// What a transfer of this run was stored as.
    pub(super) fn stored_as(&self, id: PartialId) -> Option<SafeName> {
        self.lock().stored.get(&id).cloned()
    }

    /// Claims a partial file; who had it is superseded.
    ///
    /// # Errors
    /// [`TransferError::Busy`]: who has it did not stop in time, and keeps it; [`TransferError::Superseded`]: a newer claim came
    /// while this one waited.
    pub(super) fn claim(self: &Arc<Self>, id: PartialId) -> Result<Claim, TransferError> {
        let mut state = self.lock();
        state.turn += 1;
        let turn = state.turn;
        state.slots.entry(id).or_default().turn = Some(turn);
        // Whoever waits for this file learns that it is not the newest any more.
        self.let_go.notify_all();
        let has_to_wait =
            |state: &mut State| state.slot_of(id, turn).is_some_and(|slot| slot.at_work.is_some());
        let waited = self.let_go.wait_timeout_while(state, self.takeover_max, has_to_wait);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let slot = state.slot_of(id, turn).ok_or(TransferError::Superseded)?;
        if slot.at_work.is_some() {
            slot.turn = slot.at_work;
            return Err(TransferError::Busy);
        }
        Ok(Claim { ledger: Arc::clone(self), id, turn })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The slot of a claim whose turn it still is.
    fn slot_of(&mut self, id: PartialId, turn: u64) -> Option<&mut Slot> {
        self.slots.get_mut(&id).filter(|slot| slot.turn == Some(turn))
    }

    /// How many bytes a file may have, when what is counted `instead` of it counts no longer; none when there may be no more
    /// files at all.
    fn room(&self, quotas: &Quotas, instead: Option<u64>) -> Option<u64> {
        let files = self.files - u64::from(instead.is_some());
        let bytes = self.bytes - instead.unwrap_or_default();
        let room = quotas.inbox_bytes_max.saturating_sub(bytes).min(quotas.file_bytes_max);
        (files < quotas.files_max).then_some(room)
    }

    /// Counts so much for a partial file from now on, or nothing.
    fn count(&mut self, id: PartialId, bytes: Option<u64>) {
        let slot = self.slots.entry(id).or_default();
        let before = std::mem::replace(&mut slot.counted, bytes);
        self.bytes = self.bytes - before.unwrap_or_default() + bytes.unwrap_or_default();
        self.files = self.files - u64::from(before.is_some()) + u64::from(bytes.is_some());
    }
}

impl Claim {
    /// The partial file that it is about.
    pub(super) fn id(&self) -> PartialId {
        self.id
    }

    /// Keeps others from taking the file over until the work is done.
    ///
    /// # Errors
    /// [`TransferError::Superseded`]: a newer claim has it.
    pub(super) fn work(&self) -> Result<Work<'_>, TransferError> {
        let mut state = self.ledger.lock();
        let slot = state.slot_of(self.id, self.turn).ok_or(TransferError::Superseded)?;
        slot.at_work = Some(self.turn);
        Ok(Work { claim: self, on_disk: slot.on_disk })
    }
}

impl Drop for Claim {
    /// From now on only what is on the disk counts.
    fn drop(&mut self) {
        let mut state = self.ledger.lock();
        if let Some(slot) = state.slot_of(self.id, self.turn) {
            slot.turn = None;
            let left = slot.on_disk;
            state.count(self.id, left);
            if left.is_none() {
                state.slots.remove(&self.id);
            }
        }
    }
}

impl Work<'_> {
    /// Sees to it that there is room for the whole file, however much of it has come.
    ///
    /// # Errors
    /// [`TransferError::TooLarge`]: there is not.
    pub(super) fn reserve(&self, bytes: u64) -> Result<(), TransferError> {
        let (ledger, id) = (&self.claim.ledger, self.claim.id);
        let mut state = ledger.lock();
        let counted = state.slots.get(&id).and_then(|slot| slot.counted);
        let room = state.room(&ledger.quotas, counted);
        if room.is_none_or(|room| bytes > room) {
            return Err(TransferError::TooLarge { room: room.unwrap_or_default() });
        }
        state.count(id, Some(bytes));
        Ok(())
    }

    /// Notes that the file is no partial one any more. It counts as long as this run lasts.
    pub(super) fn stored(&mut self, name: SafeName) {
        let mut state = self.claim.ledger.lock();
        if let Some(slot) = state.slots.get_mut(&self.claim.id) {
            slot.counted = None;
            self.on_disk = None;
            state.stored.insert(self.claim.id, name);
        }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        let mut state = self.claim.ledger.lock();
        if let Some(slot) = state.slots.get_mut(&self.claim.id) {
            slot.at_work = None;
            slot.on_disk = self.on_disk;
        }
        drop(state);
        self.claim.ledger.let_go.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use wire::message::TransferId;

    use super::super::safe_name;
    use super::*;

    #[test]
    fn a_newer_claim_supersedes_the_older_one_at_once_when_that_does_nothing() {
        let ledger = ledger(10, 10);
        let older = ledger.claim(id("a")).unwrap();

        let newer = ledger.claim(id("a")).unwrap();

        assert!(matches!(older.work(), Err(TransferError::Superseded)));
        drop(older);
        assert!(newer.work().is_ok());
    }

    #[test]
    fn a_newer_claim_waits_for_what_the_older_one_is_doing() {
        let ledger = ledger(10, 10);
        let older = ledger.claim(id("a")).unwrap();
        let work = older.work().unwrap();

        thread::scope(|scope| {
            let newer = scope.spawn(|| ledger.claim(id("a")).map(drop));
            while ledger.lock().slot_of(id("a"), older.turn).is_some() {
                thread::yield_now();
            }
            assert!(!newer.is_finished());
            drop(work);
            assert!(newer.join().unwrap().is_ok());
        });
    }

    #[test]
    fn of_several_that_wait_the_newest_is_next() {
        let ledger = ledger(10, 10);
        let first = ledger.claim(id("a")).unwrap();
        let work = first.work().unwrap();

        thread::scope(|scope| {
            let has_turn = |turn| ledger.lock().slot_of(id("a"), turn).is_some();
            let second = scope.spawn(|| ledger.claim(id("a")).map(drop));
            while !has_turn(2) {
                thread::yield_now();
            }
            let third = scope.spawn(|| ledger.claim(id("a")).map(drop));
            assert!(matches!(second.join().unwrap(), Err(TransferError::Superseded)));
            assert!(has_turn(3));
            drop(work);
            assert!(third.join().unwrap().is_ok());
        });
    }

    #[test]
    fn whoever_does_not_stop_in_time_goes_on() {
        let ledger = Arc::new(Ledger { takeover_max: Duration::ZERO, ..Ledger::new(quotas(10, 10)) });
        let older = ledger.claim(id("a")).unwrap();
        let work = older.work().unwrap();

        assert!(matches!(ledger.claim(id("a")), Err(TransferError::Busy)));

        drop(work);
        assert!(older.work().is_ok());
    }

    #[test]
    fn what_was_announced_counts_until_the_end_and_then_what_is_there() {
        let ledger = ledger(10, 10);
        let one = ledger.claim(id("a")).unwrap();
        let mut work = one.work().unwrap();
        work.reserve(7).unwrap();
        work.on_disk = Some(2);
        drop(work);
        assert_eq!(ledger.room(), 3);

        drop(one);
        assert_eq!(ledger.room(), 8);

        let again = ledger.claim(id("a")).unwrap();
        again.work().unwrap().reserve(10).unwrap();
        assert_eq!(ledger.room(), 0);
        again.work().unwrap().stored(safe_name("a").unwrap());
        drop(again);
        assert_eq!((ledger.room(), ledger.stored_as(id("a"))), (0, safe_name("a").ok()));
    }

    #[test]
    fn there_is_room_for_the_most_bytes_and_files_and_not_for_one_more() {
        let ledger = ledger(10, 2);
        let claims = ["a", "b", "c"].map(|name| ledger.claim(id(name)).unwrap());
        let reserve = |index: usize, bytes| claims[index].work().unwrap().reserve(bytes);

        reserve(0, 4).unwrap();
        assert!(matches!(reserve(1, 7), Err(TransferError::TooLarge { room: 6 })));
        reserve(1, 6).unwrap();
        assert!(matches!(reserve(2, 0), Err(TransferError::TooLarge { room: 0 })));
        reserve(0, 4).unwrap();
    }

    #[test]
    fn only_what_nobody_has_is_removed() {
        let ledger = ledger(10, 10);
        ledger.found(id("a"), 3);
        let remove = || ledger.remove_idle(id("a"), || Ok::<_, ()>(()));

        let claim = ledger.claim(id("a")).unwrap();
        remove().unwrap();
        assert_eq!(ledger.room(), 7);
        drop(claim);
        remove().unwrap();
        assert_eq!(ledger.room(), 10);
    }

    fn ledger(bytes: u64, files: u64) -> Arc<Ledger> {
        Arc::new(Ledger::new(quotas(bytes, files)))
    }

    fn quotas(bytes: u64, files: u64) -> Quotas {
        Quotas { inbox_bytes_max: bytes, files_max: files, ..Quotas::default() }
    }

    fn id(name: &str) -> PartialId {
        PartialId::new("ana", TransferId([7; 16]), 5, &safe_name(name).unwrap())
    }
}
