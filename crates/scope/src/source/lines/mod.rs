//! The source lines of Python programs, told by the programs themselves.
//!
//! A [`Hook`] is a directory that goes before `PYTHONPATH`. Python runs its `sitecustomize` before the program: it gives every
//! thread a slot in memory, in which stands the number of the place that the program is at while it is in a call that may go
//! into the kernel, and 0 otherwise. Slots, and what the numbers mean, are told by writing a [`Mark`] to descriptor -1, which
//! fails (`EBADF`) and does nothing else; so a known place costs no call. [`Places`] is the tracer's side of it.
//!
//! Stock Python from 3.8 on is understood; others, and those that are told to ignore their environment (`python3 -I`, `-E`,
//! `-S`), tell nothing, and so have no lines. A program that profiles itself by `sys.setprofile` before 3.12 has none from there on.
//!
//! Of the hook a program can see `PYTHONPATH`, which its children inherit, and a module `_socklab_lines`; before 3.12 its Python
//! code is slower by a hook that is called at each call and return. A `sitecustomize` that would have run runs.

mod hook;
mod mark;
mod places;

pub use self::hook::{Hook, NAMES_TRIED_MAX};
pub use self::mark::{MARK_BYTES_MAX, Mark};
pub use self::places::{PLACES_MAX, Places};
