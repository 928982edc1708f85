//! From a thread to the place in the program where it is.

use std::rc::Rc;
use std::sync::Arc;

use super::code::{Code, Codes};
use super::layout::Current;
use super::memory::Memory;
use super::whose::Whose;
use crate::model::Place;

/// How many interpreters of a process, and how many threads of them all together, are gone through for one of them.
pub const THREADS_MAX: usize = 4_096;

/// How many frames are gone through for one of the program's own.
pub const FRAMES_MAX: usize = 128;

/// The first number for a frame that is none of Python code (`FRAME_OWNED_BY_CSTACK`).
const FOREIGN: u8 = 3;

/// A frame: a call of a function that has not returned.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) code: Rc<Code>,
    pub(super) code_address: u64,
    /// Which instruction word it is at.
    word: u64,
    previous: u64,
}

impl Frame {
    pub(super) fn line(&self) -> u32 {
        self.code.line(self.word)
    }
}

/// Whether a process has more than one interpreter (PEP 734).
pub(super) fn are_several(runtime: u64, codes: &Codes, memory: &mut Memory<'_>) -> Option<bool> {
    let last = memory.word(runtime.checked_add(codes.layout.interpreters)?)?;
    Some(memory.word(last.checked_add(codes.layout.interpreter_next)?)? != 0)
}

/// Looks for the state of a thread, by the numbers that the kernel may have given it.
pub(super) fn find_thread(
    runtime: u64,
    ids: [u64; 2],
    codes: &Codes,
    memory: &mut Memory<'_>,
) -> Option<u64> {
    let layout = &codes.layout;
    let mut left = THREADS_MAX;
    let mut interpreter = memory.word_once(runtime.checked_add(layout.interpreters)?)?;
    while interpreter != 0 && left > 0 {
        let mut thread = memory.word_once(interpreter.checked_add(layout.threads)?)?;
        while thread != 0 && left > 0 {
            left -= 1;
            let fields = memory.once_fields(thread, codes.spans.thread)?;
            if ids.contains(&fields.word(layout.thread_id)) {
                return Some(thread);
            }
            thread = fields.word(layout.thread_next);
        }
        left = left.saturating_sub(1);
        interpreter = memory.word_once(interpreter.checked_add(layout.interpreter_next)?)?;
    }
    None
}

/// Returns the address of a thread's innermost frame; `None` if the state is no more that of a thread with one of these numbers.
pub(super) fn innermost(state: u64, ids: [u64; 2], codes: &Codes, memory: &mut Memory<'_>) -> Option<u64> {
    let fields = memory.fields(state, codes.spans.thread)?;
    if !ids.contains(&fields.word(codes.layout.thread_id)) {
        return None;
    }
    match codes.layout.current {
        Current::Direct(offset) => Some(fields.word(offset)),
        Current::ByStack(offset, there) => {
            let on_stack = fields.word(offset);
            // Between two calls into the interpreter, a thread has none.
            if on_stack == 0 { Some(0) } else { memory.word(on_stack.checked_add(there)?) }
        }
    }
}

/// Returns the first frame of Python code from this address outward.
pub(super) fn frame(
    mut address: u64,
    codes: &mut Codes,
    memory: &mut Memory<'_>,
    left: &mut usize,
) -> Option<Frame> {
    let layout = codes.layout.frame;
    while address != 0 && *left > 0 {
        *left -= 1;
        let fields = memory.fields(address, codes.spans.frame)?;
        let previous = fields.word(layout.previous);
        if fields.byte(layout.owner) < FOREIGN {
            let code_address = fields.word(layout.code);
            let code = codes.at(code_address, memory)?;
            if let Some(word) = code.word(fields.word(layout.instruction)) {
                return Some(Frame { code, code_address, word, previous });
            }
        }
        address = previous;
    }
    None
}

/// Returns the place of the nearest frame that is most the program's own, from this address outward.
pub(super) fn place(address: u64, codes: &mut Codes, memory: &mut Memory<'_>) -> Option<Arc<Place>> {
    let mut left = FRAMES_MAX;
    let mut best = frame(address, codes, memory, &mut left)?;
    let mut outer = best.previous;
    while best.code.whose != Whose::Own {
        let Some(next) = frame(outer, codes, memory, &mut left) else { break };
        outer = next.previous;
        if next.code.whose < best.code.whose {
            best = next;
        }
    }
    if !best.code.is_comprehension() {
        return Some(codes.place((best.code_address, best.word), &best.code));
    }
    let mut named = best.clone();
    while named.code.is_comprehension() {
        let Some(next) = frame(named.previous, codes, memory, &mut left) else { break };
        named = next;
    }
    let (file, function) = (best.code.file.clone(), named.code.function.clone());
    Some(Arc::new(Place { file, line: best.line(), function }))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::super::layout::Layout;
    use super::*;

    /// How many reads a code object takes that is met for the first time, and the frame that leads there.
    const READS_PER_FRAME: usize = 8;

    /// A memory of few words, so that whoever follows its pointers goes round in circles, or leaves it.
    fn word(seed: u64, address: u64) -> u64 {
        let mixed = (address / 8).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(seed);
        let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        if mixed >> 60 == 0 { mixed } else { mixed >> 32 & 0x7f8 }
    }

    fn fill(seed: u64, address: u64, buffer: &mut [u8]) -> usize {
        for (place, byte) in (address..0x1000).zip(buffer.iter_mut()) {
            *byte = word(seed, place).to_ne_bytes()[usize::try_from(place % 8).unwrap()];
        }
        buffer.len().min(usize::try_from(0x1000_u64.saturating_sub(address)).unwrap())
    }

    proptest! {
        #[test]
        fn a_walk_through_any_memory_ends(seed in any::<u64>(), version in 0x030b_u64..=0x030c, ids in any::<[u8; 2]>()) {
            let reads = Cell::new(0);
            let read = |address: u64, buffer: &mut [u8]| {
                reads.set(reads.get() + 1);
                fill(seed, address, buffer)
            };
            let mut memory = Memory::new(&read, Vec::new());
            let layout = Layout::of(version << 16, 0, &memory).unwrap();
            let mut codes = Codes::new(layout, layout.spans().unwrap(), "/usr/lib/python3".into());
            let ids = ids.map(u64::from);

            let state = find_thread(8, ids, &codes, &mut memory);
            prop_assert!(reads.get() <= 2 * THREADS_MAX + 2);
            for begin in [state.and_then(|state| innermost(state, ids, &codes, &mut memory)), Some(word(seed, 0))] {
                reads.set(0);
                begin.and_then(|begin| place(begin, &mut codes, &mut memory));
                prop_assert!(reads.get() <= READS_PER_FRAME * FRAMES_MAX);
            }
        }
    }
}
