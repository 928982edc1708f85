//! Repeating a call that is not done yet, for a bounded time.

use std::{
    io::{self, ErrorKind},
    time::{Duration, Instant},
};

/// Repeats `call` while it says `EAGAIN` or `EINTR`, until `limit` has passed.
///
/// A socket with a receive time limit sleeps in each call; a non-blocking one makes this a loop that spins. Both end.
///
/// # Errors
/// Whatever else the call says, and [`ErrorKind::TimedOut`] after `limit`.
pub(crate) fn retry<T>(limit: Duration, mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        match call() {
            Err(error) if is_temporary(&error) => {
                if Instant::now() >= deadline {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            result => return result,
        }
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_repeated_until_it_is_done() {
        let mut answers = vec![Ok(7), Err(ErrorKind::WouldBlock.into()), Err(ErrorKind::Interrupted.into())];
        let result = retry(Duration::from_secs(5), || answers.pop().expect("three answers are enough"));
        assert_eq!(result.expect("the third answer is good"), 7);
    }

    #[test]
    fn a_call_that_is_never_done_times_out() {
        let result: io::Result<()> = retry(Duration::from_millis(1), || Err(ErrorKind::WouldBlock.into()));
        assert_eq!(result.expect_err("there is never an answer").kind(), ErrorKind::TimedOut);
    }
}
