//! The steps of a trial, as far as they are kept.

use std::collections::VecDeque;
use std::time::Duration;

use crate::check::{Act, STEPS_MAX, Step};

/// The last steps, and how many were before them.
#[derive(Debug, Default)]
pub(super) struct History {
    steps: VecDeque<Step>,
    left_out: u64,
}

impl History {
    pub(super) fn push(&mut self, at: Duration, act: Act) {
        if self.steps.len() == STEPS_MAX {
            self.steps.pop_front();
            self.left_out += 1;
        }
        self.steps.push_back(Step { at, act });
    }

    /// Takes them, with a step in the place of those that were left out.
    pub(super) fn take(&mut self) -> Vec<Step> {
        let mut steps = Vec::from(std::mem::take(&mut self.steps));
        if self.left_out > 0
            && let Some(first) = steps.first_mut()
        {
            self.left_out += 1;
            *first = Step { at: first.at, act: Act::LeftOut { steps: self.left_out } };
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_steps_are_kept_and_those_before_are_counted() {
        let mut history = History::default();
        for peer in 1..=u32::try_from(STEPS_MAX).unwrap() + 1 {
            history.push(Duration::ZERO, Act::Close { peer });
        }

        let steps = history.take();

        assert_eq!(steps.len(), STEPS_MAX);
        assert_eq!(steps[0].act, Act::LeftOut { steps: 2 });
        assert_eq!(steps[1].act, Act::Close { peer: 3 });
    }
}
