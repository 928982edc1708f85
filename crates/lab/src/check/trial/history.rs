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

/// Leaves out the first half, with a step in the place of those that are.
pub(super) fn shorten(steps: &mut Vec<Step>) {
    let half = steps.len() / 2;
    let counted = |step: Step| if let Act::LeftOut { steps } = step.act { steps } else { 1 };
    let left_out: u64 = steps.drain(..half).map(counted).sum();
    if let Some(first) = steps.first_mut() {
        *first = Step { at: first.at, act: Act::LeftOut { steps: left_out + 1 } };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_steps_is_left_out_as_often_as_it_is_wanted() {
        let mut steps: Vec<_> =
            (1..=8).map(|peer| Step { at: Duration::ZERO, act: Act::Close { peer } }).collect();

        shorten(&mut steps);
        shorten(&mut steps);

        let acts: Vec<_> = steps.into_iter().map(|step| step.act).collect();
        assert_eq!(acts, [Act::LeftOut { steps: 7 }, Act::Close { peer: 8 }]);
    }

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
