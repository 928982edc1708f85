//! What the server asks a supervisor to do: one message between two processes of the same binary.
//!
//! `u64` time limit in milliseconds (0: none), then four lists: files to try, arguments, environment, directories to try.
//! A list is a `u16` count, and for each string a `u32` count of bytes and the bytes, none of them 0. Network byte order.

use std::ffi::CString;
use std::time::Duration;

use thiserror::Error;

/// The longest job: the longest payload of a frame, and twice its size for what is put beside it.
pub(super) const BYTES_MAX: usize = 131_072;

/// What to start, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    /// How long the command may take; not at all limited when zero.
    pub(super) time_limit: Duration,
    /// The files to execute: the first that is there.
    pub(super) candidates: Vec<CString>,
    /// The arguments, with the program's name first.
    pub(super) arguments: Vec<CString>,
    /// The environment, as `NAME=value`.
    pub(super) environment: Vec<CString>,
    /// The directories to start it in: the first that can be entered.
    pub(super) directories: Vec<CString>,
}

/// What the message is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the message is no job")]
pub(super) struct NoJob;

impl Job {
    /// Writes the job; `None` when it would be longer than [`BYTES_MAX`].
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let millis = u64::try_from(self.time_limit.as_millis()).unwrap_or(u64::MAX);
        let mut message = millis.to_be_bytes().to_vec();
        for list in [&self.candidates, &self.arguments, &self.environment, &self.directories] {
            message.extend(u16::try_from(list.len()).ok()?.to_be_bytes());
            for string in list {
                message.extend(u32::try_from(string.count_bytes()).ok()?.to_be_bytes());
                message.extend(string.as_bytes());
            }
        }
        (message.len() <= BYTES_MAX).then_some(message)
    }

    /// Reads the message.
    ///
    /// # Errors
    /// [`NoJob`]: cut, too long, or with a zero byte in a string.
    pub(super) fn decode(mut message: &[u8]) -> Result<Self, NoJob> {
        let rest = &mut message;
        let millis = u64::from_be_bytes(take(rest)?);
        let lists = [list(rest)?, list(rest)?, list(rest)?, list(rest)?];
        let [candidates, arguments, environment, directories] = lists;
        if !rest.is_empty() {
            return Err(NoJob);
        }
        let time_limit = Duration::from_millis(millis);
        Ok(Self { time_limit, candidates, arguments, environment, directories })
    }
}

fn list(rest: &mut &[u8]) -> Result<Vec<CString>, NoJob> {
    let count = u16::from_be_bytes(take(rest)?);
    // Grows by what is there, never by what a count promises.
    let mut strings = Vec::new();
    for _ in 0..count {
        strings.push(string(rest)?);
    }
    Ok(strings)
}

fn string(rest: &mut &[u8]) -> Result<CString, NoJob> {
    let bytes = usize::try_from(u32::from_be_bytes(take(rest)?)).map_err(|_| NoJob)?;
    let (string, after) = rest.split_at_checked(bytes).ok_or(NoJob)?;
    *rest = after;
    CString::new(string).map_err(|_| NoJob)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], NoJob> {
    let (number, after) = rest.split_first_chunk().ok_or(NoJob)?;
    *rest = after;
    Ok(*number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_job_may_have_the_most_bytes_and_not_one_more() {
        let empty = job(vec![c"".to_owned()]).encode().unwrap().len();
        let longest = CString::new(vec![b'x'; BYTES_MAX - empty]).unwrap();
        let longer = CString::new(vec![b'x'; BYTES_MAX - empty + 1]).unwrap();

        assert_eq!(job(vec![longest]).encode().unwrap().len(), BYTES_MAX);
        assert_eq!(job(vec![longer]).encode(), None);
    }

    #[test]
    fn a_cut_or_longer_message_and_a_zero_byte_are_no_job() {
        let message = job(vec![c"true".to_owned(), c"x".to_owned()]).encode().unwrap();

        for length in 0..message.len() {
            assert_eq!(Job::decode(&message[..length]), Err(NoJob), "{length}");
        }
        assert_eq!(Job::decode(&[&message[..], b"x"].concat()), Err(NoJob));
        let zero: Vec<_> = message.iter().map(|byte| if *byte == b'x' { 0 } else { *byte }).collect();
        assert_eq!(Job::decode(&zero), Err(NoJob));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            millis in any::<u64>(),
            lists in proptest::array::uniform4(proptest::collection::vec("[^\0]{0,9}", 0..5)),
        ) {
            let strings = |list: Vec<String>| list.into_iter().map(|it| CString::new(it).unwrap()).collect();
            let [candidates, arguments, environment, directories] = lists.map(strings);
            let time_limit = Duration::from_millis(millis);
            let job = Job { time_limit, candidates, arguments, environment, directories };

            prop_assert_eq!(Job::decode(&job.encode().unwrap()), Ok(job));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            let _ = Job::decode(&bytes);
        }
    }

    fn job(arguments: Vec<CString>) -> Job {
        Job {
            time_limit: Duration::from_millis(1500),
            candidates: vec![c"/bin/true".to_owned()],
            arguments,
            environment: vec![c"HOME=/".to_owned()],
            directories: vec![c"/".to_owned()],
        }
    }
}
