//! Code objects: what a function was compiled to.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;

use super::layout::{IDENTITY_WORDS, Layout, Spans};
use super::memory::{Fields, Memory};
use super::table::{Lines, TABLE_BYTES_MAX};
use super::text::text;
use super::whose::Whose;
use crate::model::Place;

/// How many code objects of one process are remembered; with one more, all are read again when they are met.
pub const CODES_MAX: usize = 16_384;

/// How many bytes the tables of lines of all these had; with more, likewise. What is remembered of a byte may take sixteen.
pub const TABLES_BYTES_MAX: usize = 4_194_304;

/// How many places of one process are made once for all calls from them; with one more, all are made again.
pub const SHARED_PLACES_MAX: usize = 1_024;

/// How many letters of a function's name are told; as many as the hook tells.
const FUNCTION_LETTERS_MAX: usize = 120;

/// What was read of a code object.
#[derive(Debug)]
pub(super) struct Code {
    identity: Identity,
    /// In which [era](Codes::doubt) it was seen that this is it.
    era: Cell<u64>,
    pub(super) whose: Whose,
    pub(super) file: String,
    pub(super) function: String,
    lines: Lines,
    /// Where its instructions begin.
    begin: u64,
}

/// What tells a code object from another one that was made where it had been.
#[derive(Debug, PartialEq, Eq)]
struct Identity([u64; 8]);

/// How many bytes an instruction word has.
const WORD_BYTES: u64 = 2;

/// Names of functions that are written inside of others, without a name.
const COMPREHENSIONS: [&str; 3] = ["<listcomp>", "<setcomp>", "<dictcomp>"];

impl Code {
    /// Which instruction word it is that has this address; `None` if it stands before the code, which then has not begun.
    pub(super) fn word(&self, instruction: u64) -> Option<u64> {
        Some(instruction.checked_sub(self.begin)? / WORD_BYTES)
    }

    /// The line of an instruction word; 0 if it has none.
    pub(super) fn line(&self, word: u64) -> u32 {
        self.lines.line(word).unwrap_or(0)
    }

    pub(super) fn is_comprehension(&self) -> bool {
        COMPREHENSIONS.contains(&self.function.as_str())
    }

    /// Whether it was compiled from no file, as what `exec()` is given or what is typed. Such code comes and goes, and looks alike.
    fn is_fleeting(&self) -> bool {
        self.file.starts_with('<') && self.whose == Whose::Own
    }
}

/// How code objects are read, and those that were.
#[derive(Clone, Debug)]
pub(super) struct Codes {
    pub(super) layout: Layout,
    pub(super) spans: Spans,
    /// The directory of Python's library.
    pub(super) library: Rc<str>,
    /// The type of all code objects; 0 if it is not known yet.
    pub(super) kind: u64,
    known: HashMap<u64, Rc<Code>>,
    /// By the address of the code and its instruction word.
    places: HashMap<(u64, u64), (Rc<Code>, Arc<Place>)>,
    tables_bytes: usize,
    era: u64,
}

impl Codes {
    pub(super) fn new(layout: Layout, spans: Spans, library: Rc<str>) -> Self {
        let (known, places) = (HashMap::default(), HashMap::default());
        Self { layout, spans, library, kind: 0, known, places, tables_bytes: 0, era: 0 }
    }

    /// Code that is known may no more be what it was, and is compared when it is met again. As long as a program reads no files it has
    /// no reason to compile any, so a call costs no look at each code object that has led to it.
    pub(super) fn doubt(&mut self) {
        self.era += 1;
    }

    /// How often code was doubted.
    pub(super) fn era(&self) -> u64 {
        self.era
    }

    /// Returns the code object at this address; `None` if there is none.
    pub(super) fn at(&mut self, address: u64, memory: &mut Memory<'_>) -> Option<Rc<Code>> {
        let known = self.known.get(&address).filter(|code| !code.is_fleeting());
        if let Some(code) = known.filter(|code| code.era.get() == self.era) {
            return Some(Rc::clone(code));
        }
        let head = memory.fields(address, self.spans.code)?;
        let identity = self.identity(&head);
        if self.kind != 0 && self.kind != head.word(self.layout.code.kind) {
            return None;
        }
        if let Some(code) = known.filter(|code| code.identity == identity) {
            code.era.set(self.era);
            return Some(Rc::clone(code));
        }
        let table = self.table(head.word(self.layout.code.lines), memory)?;
        let code = Rc::new(self.read(address, &head, identity, &table, memory)?);
        if self.known.len() >= CODES_MAX || self.tables_bytes + table.len() > TABLES_BYTES_MAX {
            self.known.clear();
            self.places.clear();
            self.tables_bytes = 0;
        }
        self.tables_bytes += table.len();
        self.known.insert(address, Rc::clone(&code));
        Some(code)
    }

    /// The place of an instruction word.
    pub(super) fn place(&mut self, at: (u64, u64), code: &Rc<Code>) -> Arc<Place> {
        if let Some((of, place)) = self.places.get(&at)
            && Rc::ptr_eq(of, code)
        {
            return Arc::clone(place);
        }
        let (file, function) = (code.file.clone(), code.function.clone());
        let place = Arc::new(Place { file, line: code.line(at.1), function });
        if self.places.len() >= SHARED_PLACES_MAX {
            self.places.clear();
        }
        self.places.insert(at, (Rc::clone(code), Arc::clone(&place)));
        place
    }

    /// The type of a code object.
    pub(super) fn kind_of(&self, address: u64, memory: &mut Memory<'_>) -> Option<u64> {
        Some(memory.fields(address, self.spans.code)?.word(self.layout.code.kind))
    }

    fn identity(&self, head: &Fields) -> Identity {
        let code = &self.layout.code;
        let mut words = [0; 8];
        for (word, place) in words.iter_mut().zip(0..IDENTITY_WORDS) {
            *word = head.word(code.kind + 8 * place);
        }
        let others = [code.file, code.name, code.lines].map(|offset| head.word(offset));
        words[4..7].copy_from_slice(&others);
        words[7] = u64::from(head.int(code.first_line).cast_unsigned());
        Identity(words)
    }

    fn read(
        &self,
        address: u64,
        head: &Fields,
        identity: Identity,
        table: &[u8],
        memory: &mut Memory<'_>,
    ) -> Option<Code> {
        let Layout { code, text: of_text, .. } = &self.layout;
        let mut text = |offset: u64| text(head.word(offset), memory, of_text, self.spans.text);
        let (file, function) = (text(code.file)?, text(code.name)?);
        Some(Code {
            identity,
            era: Cell::new(self.era),
            whose: Whose::of(&file, &self.library),
            file,
            function: function.chars().take(FUNCTION_LETTERS_MAX).collect(),
            lines: Lines::decode(table, head.int(code.first_line)),
            begin: address.checked_add(code.instructions)?,
        })
    }

    /// Reads the bytes of a table of lines.
    fn table(&self, address: u64, memory: &Memory<'_>) -> Option<Vec<u8>> {
        let text = &self.layout.text;
        let length = memory.word_once(address.checked_add(text.bytes_length)?)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= TABLE_BYTES_MAX)?;
        memory.once(address.checked_add(text.bytes)?, length)
    }
}
