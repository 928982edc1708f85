//! What a process has told its `epoll(7)` descriptors to watch, so that their answers, which name no descriptor, can be read.

use std::collections::BTreeMap;

use wire::names::Poll;

use crate::model::Fd;

/// How many descriptors are remembered for one process.
pub const INTERESTS_MAX: usize = 65_536;

/// The table of one process. A child gets a copy at `fork(2)`, a new program an empty one.
#[derive(Clone, Debug, Default)]
pub struct Interests {
    /// By the epoll descriptor and the one that is watched.
    interests: BTreeMap<(Fd, Fd), Interest>,
    /// Which one is watched, by the epoll descriptor and the program's own word for it.
    by_data: BTreeMap<(Fd, u64), Fd>,
}

/// What `epoll_ctl(2)` was told of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    /// What for.
    pub wanted: Poll,
    /// The program's own word, which `epoll_wait(2)` answers with.
    pub data: u64,
}

impl Interests {
    /// Remembers what `epoll` watches `fd` for; beyond [`INTERESTS_MAX`] it does not.
    pub fn watch(&mut self, epoll: Fd, fd: Fd, interest: Interest) {
        self.forget(epoll, fd);
        if self.interests.len() < INTERESTS_MAX {
            self.interests.insert((epoll, fd), interest);
            self.by_data.insert((epoll, interest.data), fd);
        }
    }

    /// Forgets that `epoll` watched `fd`.
    pub fn forget(&mut self, epoll: Fd, fd: Fd) {
        if let Some(interest) = self.interests.remove(&(epoll, fd))
            && self.by_data.get(&(epoll, interest.data)) == Some(&fd)
        {
            self.by_data.remove(&(epoll, interest.data));
        }
    }

    /// Forgets what an earlier epoll of this number watched.
    pub fn opened(&mut self, epoll: Fd) {
        self.interests.retain(|(of, _), _| *of != epoll);
        self.by_data.retain(|(of, _), _| *of != epoll);
    }

    /// Returns what `epoll` watches, and for what, in the order of the descriptors.
    pub fn of(&self, epoll: Fd) -> impl Iterator<Item = (Fd, Interest)> {
        let all = (epoll, Fd(i32::MIN))..=(epoll, Fd(i32::MAX));
        self.interests.range(all).map(|((_, fd), interest)| (*fd, *interest))
    }

    /// Returns the descriptor for which `epoll` answers with this word.
    pub fn by_data(&self, epoll: Fd, data: u64) -> Option<Fd> {
        self.by_data.get(&(epoll, data)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOLL: Fd = Fd(3);
    const READ: Poll = Poll::IN;

    #[test]
    fn an_answer_is_traced_back_to_its_descriptor() {
        let mut interests = Interests::default();
        interests.watch(EPOLL, Fd(5), Interest { wanted: READ, data: 0xdead });
        interests.watch(Fd(4), Fd(6), Interest { wanted: READ, data: 0xdead });

        assert_eq!(interests.by_data(EPOLL, 0xdead), Some(Fd(5)));
        assert_eq!(interests.by_data(EPOLL, 5), None);
        assert_eq!(interests.of(EPOLL).map(|(fd, _)| fd).collect::<Vec<_>>(), [Fd(5)]);
    }

    #[test]
    fn what_is_watched_anew_is_known_by_its_new_word_only() {
        let mut interests = Interests::default();
        interests.watch(EPOLL, Fd(5), Interest { wanted: READ, data: 1 });
        interests.watch(EPOLL, Fd(5), Interest { wanted: READ, data: 2 });
        assert_eq!((interests.by_data(EPOLL, 1), interests.by_data(EPOLL, 2)), (None, Some(Fd(5))));

        interests.opened(EPOLL);
        assert_eq!((interests.by_data(EPOLL, 2), interests.of(EPOLL).count()), (None, 0));
    }

    #[test]
    fn a_word_of_two_descriptors_is_that_of_the_later_one() {
        let mut interests = Interests::default();
        interests.watch(EPOLL, Fd(5), Interest { wanted: READ, data: 1 });
        interests.watch(EPOLL, Fd(6), Interest { wanted: READ, data: 1 });

        interests.forget(EPOLL, Fd(5));

        assert_eq!(interests.by_data(EPOLL, 1), Some(Fd(6)));
    }

    #[test]
    fn the_table_does_not_grow_beyond_its_limit() {
        let mut interests = Interests::default();
        for fd in 0..=i32::try_from(INTERESTS_MAX).unwrap() {
            interests.watch(EPOLL, Fd(fd), Interest { wanted: READ, data: fd.unsigned_abs().into() });
        }

        assert_eq!(interests.of(EPOLL).count(), INTERESTS_MAX);
        assert_eq!(interests.by_data(EPOLL, INTERESTS_MAX as u64), None);
    }
}
