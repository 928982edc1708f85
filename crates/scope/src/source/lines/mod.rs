//! The source lines of Python programs: read from them, or told by them.
//!
//! Under `CPython` 3.11, 3.12 and 3.13 the tracer reads [`frames`] at the stops that it makes anyway, and the programs are not
//! slowed down. Under others they tell their places themselves. What decides is the [`Hook`], which asks first.
//!
//! A `Hook` is a directory that goes before `PYTHONPATH`. Python runs its `sitecustomize` before the program: it gives every
//! thread a slot in memory, in which stands the number of the place that the program is at while it is in a call that may go
//! into the kernel, and 0 otherwise. Slots, and what the numbers mean, are told by writing a [`Mark`] to descriptor -1, which
//! fails (`EBADF`) and does nothing else; so a known place costs no call. [`Places`] is the tracer's side of it.
//! Whether any of that is needed is what the hook asks first, by such a mark: when the tracer has answered that it reads the frames of
//! the program, the hook does nothing.
//!
//! Stock Python from 3.8 on is understood; others, and those that are told to ignore their environment (`python3 -I`, `-E`,
//! `-S`), tell nothing, and so have no lines; nor has what runs in another interpreter than the first one of its process. Where lines are told, a program that profiles itself by `sys.setprofile` before 3.12 has none from there on.
//!
//! Of the hook a program can see `PYTHONPATH`, which its children inherit. Where it has to tell, there is also a module
//! `_socklab_lines`, and before 3.12 its Python code is slower by a hook that is called at each call and return. A `sitecustomize` that would have run runs.

pub mod frames;
mod hook;
mod known;
mod mark;
mod places;

pub use self::hook::{Hook, NAMES_TRIED_MAX};
pub use self::known::Lines;
pub use self::mark::{ANSWER, MARK_BYTES_MAX, Mark};
pub use self::places::{PLACES_MAX, Places};
