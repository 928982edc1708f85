//! Where Python programs are, read from their interpreter's own memory.
//!
//! A program that stands still at a call has, somewhere in its memory, the frames of the functions that have led there, and in each
//! of them what was called last. So nothing has to be told by the program, and between its calls it runs as fast as ever.
//!
//! **Tried before it is used.** The hook asks at the start of a program whether it is needed, and says where it asks: file, line and function. If
//! that is what is found in the frames, then the layout of this interpreter is the one that is known, and the hook does nothing more.
//! Else it tells the lines itself, as it does under interpreters of other versions.
//!
//! **One interpreter.** A process may make more of them (PEP 734). As long as it has several, its calls have no lines.
//!
//! **One read for a call.** What a walk through the frames has read is read again with the arguments of the next call, all of it at
//! once, and the next walk finds its answers there; only where the program has moved it asks anew. So a call in a loop needs no call
//! of ours that would not be made without lines.
//!
//! **Whatever is there.** The memory is the program's, who may write what it likes. All walks have an end, every length a limit, and what
//! makes no sense is no place.

mod code;
mod find;
mod layout;
mod memory;
mod table;
mod text;
mod walk;
mod whose;

use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;
use procfs::process::Process;

pub use self::code::{CODES_MAX, SHARED_PLACES_MAX, TABLES_BYTES_MAX};
pub use self::find::{FILE_BYTES_MAX, FILES_MAX, SYMBOLS_MAX};
pub use self::table::TABLE_BYTES_MAX;
pub use self::text::TEXT_LETTERS_MAX;
pub use self::walk::{FRAMES_MAX, THREADS_MAX};

use self::code::Codes;
use self::find::Files;
use self::layout::Layout;
use self::memory::{Memory, Read};
use crate::decode::Piece;
use crate::model::{Pid, Place, Tid};

/// The processes whose interpreters are understood, and the threads that were found in them.
#[derive(Debug, Default)]
pub struct Frames {
    files: Files,
    interpreters: HashMap<Pid, Interpreter>,
    threads: HashMap<Tid, Thread>,
}

/// The interpreter of a process, or its interpreters.
#[derive(Clone, Debug)]
struct Interpreter {
    /// `_PyRuntime`.
    runtime: u64,
    codes: Codes,
    /// Whether there are several. A thread may be in one of them within a call of another one, and each goes when it likes: as long as
    /// there are, nobody has lines.
    are_several: bool,
    /// How often that has changed.
    changes: u64,
    /// In which [era](Codes::doubt) it was asked last; one that is made reads its library.
    asked_in: Option<u64>,
}

/// A thread.
#[derive(Clone, Debug)]
struct Thread {
    /// Its `PyThreadState`; 0 if it is not known.
    state: u64,
    /// The numbers that it may have for itself: of a thread that goes on in a child (`fork(2)`), also that of the one that was forked.
    ids: [u64; 2],
    /// How often it was looked for in vain.
    misses: u32,
    /// How often, when its state was found, it [had changed](Interpreter::changes) whether there is more than one interpreter.
    changes: u64,
    /// What was read of it last.
    asked: Vec<Piece>,
}

impl Frames {
    /// Tries whether a thread is where it says, which is a place of a Python whose library is in that directory. If so, its process is
    /// [understood](Self::understands) from now on.
    pub fn try_out(
        &mut self,
        (pid, tid): (Pid, Tid),
        claimed: &Place,
        library: &str,
        read: Read<'_>,
    ) -> bool {
        let interpreter = self.interpreter(pid, library, read);
        let Some(mut interpreter) = interpreter else { return false };
        let mut thread = Thread::new(tid);
        let mut memory = Memory::new(read, Vec::new());
        let frame = thread.innermost(&mut interpreter, &mut memory).and_then(|address| {
            walk::frame(address, &mut interpreter.codes, &mut memory, &mut { FRAMES_MAX })
        });
        let Some(frame) = frame else { return false };
        let found = (frame.code.file.as_str(), frame.line(), frame.code.function.as_str());
        if found != (&claimed.file, claimed.line, &claimed.function) {
            return false;
        }
        let kind = interpreter.codes.kind_of(frame.code_address, &mut memory);
        interpreter.codes.kind = kind.unwrap_or_default();
        self.interpreters.insert(pid, interpreter);
        self.threads.insert(tid, thread);
        true
    }

    fn interpreter(&mut self, pid: Pid, library: &str, read: Read<'_>) -> Option<Interpreter> {
        let found = self.files.find(pid)?;
        let memory = Memory::new(read, Vec::new());
        let layout = Layout::of(memory.word_once(found.version)?, found.runtime, &memory)?;
        let codes = Codes::new(layout, layout.spans()?, Rc::from(library));
        // Of an interpreter within another one the same is asked again.
        let changes = self.interpreters.get(&pid).map_or(0, |former| former.changes + 1);
        Some(Interpreter { runtime: found.runtime, codes, are_several: false, changes, asked_in: None })
    }

    /// Whether the frames of a process are read.
    pub fn understands(&self, pid: Pid) -> bool {
        self.interpreters.contains_key(&pid)
    }

    /// A process reads a file, and so may have other code from now on where it had some.
    pub fn passes(&mut self, pid: Pid) {
        if let Some(interpreter) = self.interpreters.get_mut(&pid) {
            interpreter.codes.doubt();
        }
    }

    /// Returns the program's own place that has led to where a thread stands now, if any has.
    pub fn place(&mut self, pid: Pid, tid: Tid, read: Read<'_>) -> Option<Arc<Place>> {
        let interpreter = self.interpreters.get_mut(&pid)?;
        let thread = self.threads.entry(tid).or_insert_with(|| Thread::new(tid));
        let mut memory = Memory::new(read, std::mem::take(&mut thread.asked));
        let address = thread.innermost(interpreter, &mut memory);
        let place = address.and_then(|address| walk::place(address, &mut interpreter.codes, &mut memory));
        thread.asked = memory.asked;
        place
    }

    /// What [`place`](Self::place) will read of a thread, unless that has moved.
    pub fn ahead(&self, tid: Tid) -> &[Piece] {
        self.threads.get(&tid).map_or(&[], |thread| &thread.asked)
    }

    /// A thread has made a process, which has its memory and goes on where it was.
    pub fn forked(&mut self, parent: (Pid, Tid), child: Pid) {
        let Some(interpreter) = self.interpreters.get(&parent.0) else { return };
        let interpreter = interpreter.clone();
        self.interpreters.insert(child, interpreter);
        let maker = self.threads.entry(parent.1).or_insert_with(|| Thread::new(parent.1)).clone();
        let ids = [own_id(Tid(child.0)), maker.ids[0]];
        self.threads.insert(Tid(child.0), Thread { ids, ..maker });
    }

    /// A process runs another program.
    pub fn executed(&mut self, pid: Pid) {
        self.interpreters.remove(&pid);
        self.threads.remove(&Tid(pid.0));
    }

    /// A thread has ended; the last one of a process has its number.
    pub fn ended(&mut self, tid: Tid) {
        self.threads.remove(&tid);
        self.interpreters.remove(&Pid(tid.0));
    }
}

impl Interpreter {
    /// Asks whether there are others, if there may be.
    fn count(&mut self, memory: &mut Memory<'_>) {
        let era = self.codes.era();
        if self.asked_in.replace(era) == Some(era) {
            return;
        }
        let are_several = walk::are_several(self.runtime, &self.codes, memory).unwrap_or(true);
        if self.are_several != are_several {
            self.are_several = are_several;
            self.changes += 1;
        }
    }
}

impl Thread {
    fn new(tid: Tid) -> Self {
        let id = own_id(tid);
        Self { state: 0, ids: [id, id], misses: 0, changes: 0, asked: Vec::new() }
    }

    /// Returns the address of its innermost frame, 0 if it has none.
    fn innermost(&mut self, interpreter: &mut Interpreter, memory: &mut Memory<'_>) -> Option<u64> {
        interpreter.count(memory);
        let codes = &interpreter.codes;
        if interpreter.are_several {
            return None;
        }
        if self.changes != interpreter.changes {
            (self.state, self.misses, self.changes) = (0, 0, interpreter.changes);
        }
        if self.state != 0
            && let Some(address) = walk::innermost(self.state, self.ids, codes, memory)
        {
            return Some(address);
        }
        // A thread that is not Python's is looked for ever more rarely.
        self.misses = self.misses.saturating_add(1);
        if !self.misses.is_power_of_two() {
            return None;
        }
        self.state = walk::find_thread(interpreter.runtime, self.ids, codes, memory)?;
        self.misses = 0;
        walk::innermost(self.state, self.ids, codes, memory)
    }
}

/// The number by which a thread knows itself, which in a namespace of processes is another one than ours.
fn own_id(tid: Tid) -> u64 {
    let status = i32::try_from(tid.0).ok().and_then(|tid| Process::new(tid).ok()?.status().ok());
    let id = status.and_then(|status| status.nspid?.last().copied());
    id.and_then(|id| u64::try_from(id).ok()).unwrap_or_else(|| tid.0.into())
}
