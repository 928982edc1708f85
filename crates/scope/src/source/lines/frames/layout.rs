//! Where `CPython` keeps what is asked of it.
//!
//! What is not public in `CPython` differs between its versions, but not within one: `3.11.2` has the layout of `3.11.7`. The
//! tables are from the headers of each version (`Include/internal/pycore_runtime.h`, `pycore_interp.h`, `pycore_frame.h`;
//! `Include/cpython/pystate.h`, `code.h`, `unicodeobject.h`), for machines whose addresses have eight bytes. From 3.13 on the
//! interpreter tells most of it (`_Py_DebugOffsets`, at the beginning of `_PyRuntime`).
//!
//! A build may differ (free threads, `Py_TRACE_REFS`): so no layout is used before it has been tried ([`Frames`](super::Frames)).

use super::memory::{Memory, Span};

/// Offsets in the objects of one version, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// In `_PyRuntime`: the interpreter that was made last.
    pub(super) interpreters: u64,
    /// In `PyInterpreterState`: the one that was made before.
    pub(super) interpreter_next: u64,
    /// In `PyInterpreterState`: its first thread.
    pub(super) threads: u64,
    /// In `PyThreadState`: the next one of the same interpreter.
    pub(super) thread_next: u64,
    /// In `PyThreadState`: the number that the kernel gave it.
    pub(super) thread_id: u64,
    pub(super) current: Current,
    pub(super) frame: FrameLayout,
    pub(super) code: CodeLayout,
    pub(super) text: TextLayout,
}

/// How a thread's innermost frame is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Current {
    /// `PyThreadState` has its address there.
    Direct(u64),
    /// `PyThreadState` has the address of a `_PyCFrame` there, which is on the stack and has it there.
    ByStack(u64, u64),
}

/// In `_PyInterpreterFrame`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameLayout {
    pub(super) code: u64,
    /// The instruction that it is at.
    pub(super) instruction: u64,
    /// The frame that has called it.
    pub(super) previous: u64,
    /// What kind of frame it is.
    pub(super) owner: u64,
}

/// In `PyCodeObject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CodeLayout {
    /// Its type; behind it stand its size and its first two objects.
    pub(super) kind: u64,
    pub(super) first_line: u64,
    pub(super) file: u64,
    pub(super) name: u64,
    pub(super) lines: u64,
    /// Where the instructions begin.
    pub(super) instructions: u64,
}

/// In `PyASCIIObject` and its kin, and in `PyBytesObject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextLayout {
    /// How many letters a text has.
    pub(super) length: u64,
    /// What kind of text it is.
    pub(super) state: u64,
    /// Where the letters of a text begin that has only those of ASCII; and of another one.
    pub(super) ascii: u64,
    pub(super) other: u64,
    /// How many bytes there are, and where they begin.
    pub(super) bytes_length: u64,
    pub(super) bytes: u64,
}

const V3_11: Layout = Layout {
    interpreters: 40,
    interpreter_next: 0,
    threads: 16,
    thread_next: 8,
    thread_id: 160,
    current: Current::ByStack(56, 8),
    frame: FrameLayout { code: 32, instruction: 56, previous: 48, owner: 69 },
    code: CodeLayout { kind: 8, first_line: 72, file: 112, name: 120, lines: 136, instructions: 184 },
    text: TextLayout { length: 16, state: 32, ascii: 48, other: 72, bytes_length: 16, bytes: 32 },
};

const V3_12: Layout = Layout {
    interpreters: 40,
    interpreter_next: 0,
    threads: 72,
    thread_next: 8,
    thread_id: 144,
    current: Current::ByStack(56, 0),
    frame: FrameLayout { code: 0, instruction: 56, previous: 8, owner: 70 },
    code: CodeLayout { kind: 8, first_line: 68, file: 112, name: 120, lines: 136, instructions: 192 },
    text: TextLayout { length: 16, state: 32, ascii: 40, other: 56, bytes_length: 16, bytes: 32 },
};

/// What `_PyRuntime` begins with where it tells its layout.
const COOKIE: &[u8] = b"xdebugpy";

/// How many words `_Py_DebugOffsets` of 3.13 has that matter here, the cookie included.
const TOLD_WORDS: usize = 71;

/// What `PyCompactUnicodeObject` has more than `PyASCIIObject`.
const OTHER_BYTES: u64 = 16;

impl Layout {
    /// The layout of a version (`Py_Version`, as `0x030b02f0`), whose `_PyRuntime` is there; `None` if it is not known.
    pub(super) fn of(version: u64, runtime: u64, memory: &Memory<'_>) -> Option<Self> {
        let layout = match version >> 16 & 0xffff {
            0x030b => V3_11,
            0x030c => V3_12,
            0x030d => Self::told(runtime, memory)?,
            _ => return None,
        };
        layout.spans().map(|_| layout)
    }

    /// Reads what the interpreter tells of itself (`_Py_DebugOffsets` of 3.13).
    fn told(runtime: u64, memory: &Memory<'_>) -> Option<Self> {
        let bytes = memory.once(runtime, TOLD_WORDS * size_of::<u64>())?;
        let (words, _) = bytes.as_chunks();
        let words: [u64; TOLD_WORDS] =
            words.iter().copied().map(u64::from_ne_bytes).collect::<Vec<_>>().try_into().ok()?;
        bytes.starts_with(COOKIE).then(|| Self {
            interpreters: words[5],
            interpreter_next: words[8],
            threads: words[9],
            thread_next: words[21],
            current: Current::Direct(words[23]),
            thread_id: words[25],
            frame: FrameLayout {
                previous: words[29],
                code: words[30],
                instruction: words[31],
                owner: words[33],
            },
            code: CodeLayout {
                file: words[35],
                name: words[36],
                lines: words[38],
                first_line: words[39],
                instructions: words[43],
                kind: words[45],
            },
            text: TextLayout {
                bytes_length: words[65],
                bytes: words[66],
                state: words[68],
                length: words[69],
                ascii: words[70],
                other: words[70].saturating_add(OTHER_BYTES),
            },
        })
    }

    /// What is read of a thread, of a frame, of a code object and of a text.
    pub(super) fn spans(&self) -> Option<Spans> {
        let current = match self.current {
            Current::Direct(offset) | Current::ByStack(offset, _) => offset,
        };
        let Self { frame, code, text, .. } = self;
        Some(Spans {
            thread: Span::of(&[(current, WORD), (self.thread_id, WORD), (self.thread_next, WORD)])?,
            frame: Span::of(&[
                (frame.code, WORD),
                (frame.instruction, WORD),
                (frame.previous, WORD),
                (frame.owner, 1),
            ])?,
            code: Span::of(&[
                (code.kind, IDENTITY_WORDS * WORD),
                (code.first_line, 4),
                (code.file, WORD),
                (code.name, WORD),
                (code.lines, WORD),
            ])?,
            text: Span::of(&[(text.length, WORD), (text.state, 4)])?,
        })
    }
}

const WORD: u64 = 8;

/// How many words at the beginning of a code object tell it from another one: its type, its size, its constants, its names.
pub(super) const IDENTITY_WORDS: u64 = 4;

/// The parts of objects that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spans {
    pub(super) thread: Span,
    pub(super) frame: Span,
    pub(super) code: Span,
    pub(super) text: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layouts_of_the_table_can_be_read() {
        for layout in [V3_11, V3_12] {
            assert!(layout.spans().is_some());
        }
    }

    #[test]
    fn an_interpreter_tells_its_layout_or_has_none() {
        let runtime = |cookie: &[u8], word: u64| {
            let mut bytes = cookie.to_vec();
            bytes.extend((1..TOLD_WORDS).flat_map(|_| word.to_ne_bytes()));
            bytes
        };
        let layout = |bytes: Vec<u8>, version: u64| {
            let read = move |address: u64, buffer: &mut [u8]| {
                buffer.copy_from_slice(&bytes[..buffer.len()]);
                usize::try_from(address).map_or(0, |_| buffer.len())
            };
            Layout::of(version, 16, &Memory::new(&read, Vec::new()))
        };

        let told = layout(runtime(COOKIE, 24), 0x030d_00f0).unwrap();
        assert_eq!((told.threads, told.text.other), (24, 24 + OTHER_BYTES));
        assert_eq!(layout(runtime(COOKIE, u64::MAX), 0x030d_00f0), None);
        assert_eq!(layout(runtime(b"otherwise", 24), 0x030d_00f0), None);
        assert_eq!(layout(runtime(COOKIE, 24), 0x030b_02f0), Some(V3_11));
        assert_eq!(layout(runtime(COOKIE, 24), 0x030a_02f0), None);
        assert_eq!(layout(runtime(COOKIE, 24), 0x0403_02f0), None);
    }
}
