//! Where in a list somebody is.

use std::ops::Range;

/// A chosen line, and which lines are on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The chosen one.
    pub(super) at: usize,
    /// The first one on the screen.
    pub(super) top: usize,
}

impl Cursor {
    /// Goes up or down, as far as there are lines.
    pub(super) fn step(&mut self, by: isize, length: usize) {
        self.at = self.at.saturating_add_signed(by).min(length.saturating_sub(1));
    }

    /// Makes the chosen line one of those on the screen, and tells which these are.
    pub(super) fn fit(&mut self, height: usize, length: usize) -> Range<usize> {
        self.at = self.at.min(length.saturating_sub(1));
        let lowest = self.at.saturating_sub(height.saturating_sub(1));
        self.top = self.top.clamp(lowest, self.at).min(length.saturating_sub(height));
        self.range(height, length)
    }

    /// The lines on the screen.
    pub(super) fn range(self, height: usize, length: usize) -> Range<usize> {
        self.top.min(length)..(self.top + height).min(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_line_is_on_the_screen() {
        let mut cursor = Cursor::default();
        for (by, at, range) in [(0, 0, 0..4), (3, 3, 0..4), (1, 4, 1..5), (-4, 0, 0..4), (99, 9, 6..10)] {
            cursor.step(by, 10);

            assert_eq!((cursor.at, cursor.fit(4, 10)), (at, range));
        }
    }

    #[test]
    fn a_list_may_be_shorter_than_the_screen_or_empty() {
        let mut cursor = Cursor { at: 7, top: 5 };

        assert_eq!(cursor.fit(4, 2), 0..2);
        assert_eq!(cursor.at, 1);
        assert_eq!(cursor.fit(4, 0), 0..0);
        assert_eq!(cursor.fit(0, 3), 0..0);
    }
}
