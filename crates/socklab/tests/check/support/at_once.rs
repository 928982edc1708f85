//! Does something with each of many, several at a time.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many are done at a time for each processor: most of the time they wait.
const AT_ONCE: usize = 3;

/// Whoever does many things holds this: tests that all do so at once would leave nobody a processor, and a check that had none cannot
/// tell.
static MANY: Mutex<()> = Mutex::new(());

/// Does it with each, when no other test does many things; tells what came of each, in their order.
pub(crate) fn each_at_once<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let _many = MANY.lock().unwrap_or_else(PoisonError::into_inner);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE * processors {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(number) else { return };
                    let result = work(one);
                    done.lock().unwrap().push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
