//! Somebody else who keeps a processor busy.

use std::{
    hint, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
};

use crate::topology;

/// A thread that never sleeps, on the first CPU; dropping it ends it.
pub(crate) struct Neighbour {
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Neighbour {
    /// Begins to be busy.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn start() -> io::Result<Self> {
        let end = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&end);
        let busy = move || {
            // Where it may not choose its CPU it is busy on some other one.
            let _ = topology::pin_to_first();
            while !until.load(Relaxed) {
                hint::spin_loop();
            }
        };
        let thread = thread::Builder::new().spawn(busy)?;
        Ok(Self { end, thread: Some(thread) })
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.end.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            // It cannot have failed: it does nothing.
            let _ = thread.join();
        }
    }
}
