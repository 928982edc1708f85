//! The wish of somebody outside that work ends before its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What somebody sets who wants no more to be done; its copies are one. It is never taken back.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Nothing more is wanted.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether anybody has set it.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
