//! What can be pressed, and what whoever has the terminal must do then.

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// To the line above.
    Up,
    /// To the line below.
    Down,
    /// To the page above.
    PageUp,
    /// To the page below.
    PageDown,
    /// To the first line.
    Home,
    /// To the last line.
    End,
    /// Goes where the chosen line leads.
    Enter,
    /// Leaves what was begun.
    Escape,
    /// To the next pane.
    Tab,
    /// To the pane before.
    BackTab,
    /// Takes a character back.
    Backspace,
    /// A character.
    Char(char),
    /// A character together with Ctrl.
    Ctrl(char),
}

/// What a key asks for beyond what the state does itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// To leave.
    Quit,
    /// To give the programs these bytes, as if typed at their terminal.
    Type(Vec<u8>),
}
