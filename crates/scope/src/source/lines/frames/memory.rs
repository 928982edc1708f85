//! What is read of a program's memory, by pieces that are remembered.

use crate::decode::Piece;

/// How long what is read at once of an object is at most.
pub(super) const FIELDS_BYTES_MAX: usize = 256;

/// The part of an object that has what is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    begin: u64,
    bytes: usize,
}

/// How far from its beginning an object may have anything.
const OFFSET_MAX: u64 = 1 << 20;

impl Span {
    /// The span of fields that begin there and have so many bytes; `None` if that is too much.
    pub(super) fn of(fields: &[(u64, u64)]) -> Option<Self> {
        let begin = fields.iter().map(|(offset, _)| *offset).min()?;
        let end = fields.iter().map(|(offset, bytes)| offset.saturating_add(*bytes)).max()?;
        let bytes = usize::try_from(end - begin).ok()?;
        (end <= OFFSET_MAX && bytes <= FIELDS_BYTES_MAX).then_some(Self { begin, bytes })
    }
}

/// The bytes of a span.
#[derive(Debug)]
pub(super) struct Fields {
    begin: u64,
    bytes: [u8; FIELDS_BYTES_MAX],
    length: usize,
}

impl Fields {
    fn at<const BYTES: usize>(&self, offset: u64) -> [u8; BYTES] {
        let begin = usize::try_from(offset.wrapping_sub(self.begin)).unwrap_or(usize::MAX);
        let bytes = self.bytes[..self.length].get(begin..begin.saturating_add(BYTES));
        bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; BYTES])
    }

    /// The word at this offset of the object; 0 if that is not in the span.
    pub(super) fn word(&self, offset: u64) -> u64 {
        u64::from_ne_bytes(self.at(offset))
    }

    /// Likewise a number of four bytes.
    pub(super) fn int(&self, offset: u64) -> i32 {
        i32::from_ne_bytes(self.at(offset))
    }

    /// Likewise a byte.
    pub(super) fn byte(&self, offset: u64) -> u8 {
        u8::from_ne_bytes(self.at(offset))
    }
}

/// Reads a program's memory: from an address into a buffer, and returns how many bytes there were.
pub(super) type Read<'a> = &'a dyn Fn(u64, &mut [u8]) -> usize;

/// A program's memory, as long as the program stands still.
pub(super) struct Memory<'a> {
    read: Read<'a>,
    /// What was asked for, in order: it will be asked for again at the next call, unless the program has moved.
    pub(super) asked: Vec<Piece>,
}

impl<'a> Memory<'a> {
    /// `asked` is a vector to be used again.
    pub(super) fn new(read: Read<'a>, mut asked: Vec<Piece>) -> Self {
        asked.clear();
        Self { read, asked }
    }

    /// Reads the fields of an object.
    pub(super) fn fields(&mut self, address: u64, span: Span) -> Option<Fields> {
        let address = address.checked_add(span.begin).filter(|_| address != 0)?;
        let mut fields = Fields { begin: span.begin, bytes: [0; FIELDS_BYTES_MAX], length: span.bytes };
        self.asked.push((address, span.bytes));
        let read = (self.read)(address, &mut fields.bytes[..span.bytes]);
        (read == span.bytes).then_some(fields)
    }

    /// Reads the word there, which will be asked for again.
    pub(super) fn word(&mut self, address: u64) -> Option<u64> {
        self.fields(address, Span { begin: 0, bytes: size_of::<u64>() }).map(|fields| fields.word(0))
    }

    /// Reads the fields of an object that will not be asked for again.
    pub(super) fn once_fields(&mut self, address: u64, span: Span) -> Option<Fields> {
        let asked = self.asked.len();
        let fields = self.fields(address, span);
        self.asked.truncate(asked);
        fields
    }

    /// Reads bytes that will not be asked for again.
    pub(super) fn once(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        (address != 0 && (self.read)(address, &mut bytes) == length).then_some(bytes)
    }

    /// Reads a word that will not be asked for again.
    pub(super) fn word_once(&self, address: u64) -> Option<u64> {
        let bytes = self.once(address, size_of::<u64>())?;
        bytes.try_into().ok().map(u64::from_ne_bytes)
    }
}
