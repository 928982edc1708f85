//! The check of a whole class: many submissions, each with programs for several exercises.
//!
//! A [`Class`] says what is asked and what it is worth. Its tasks are pairs of a submission and an exercise; a [`Shard`] of them is
//! run on one machine ([`run()`]), and each one that is done is written into a journal at once ([`Journal`]), so that what was done is
//! never done again. A [`Summary`] is made of journals alone, and the same one whatever their order: that is what makes it
//! possible to stop anywhere, to go on, and to put together what several machines did.

mod class;
mod convention;
mod journal;
mod name;
mod plan;
mod run;
mod store;
mod submission;
mod summary;

pub use self::class::{Assignment, Class, ClassError, LANGUAGES_MAX};
pub use self::convention::{Found, Misfit, Source, find, usual_role};
pub use self::journal::{
    Brief, Header, Journal, JournalError, LINE_BYTES_MAX, Outcome, RECORDS_MAX, Record, Task, Worth,
};
pub use self::name::shown;
pub use self::plan::{SHARDS_MAX, Shard, ShardError, shard_of_environment};
pub use self::run::{Job, Judge, Plan, Progress, RunError, WORKERS_MAX, run};
pub use self::store::{Store, StoreError, read_journal};
pub use self::submission::{
    Contents, DEPTH_MAX, FILE_BYTES_MAX, FILES_MAX, SUBMISSIONS_MAX, Submission, SubmissionError,
    TOTAL_BYTES_MAX, submissions,
};
pub use self::summary::{Cell, Group, Row, Summary};
