//! The receiving half: puts what comes in any order into the order of the stream.
//!
//! Places count from the beginning of the peer's stream; its FIN is one place after the last byte.

use super::LinkError;
use super::ring::Ring;
use super::segment::{Range, Ranges, Segment};

/// The most bytes that wait to be read, or for what is missing before them.
pub const RECEIVE_BUFFER_BYTES_MAX: usize = 256 * 1_024;
/// The most pieces with gaps between them. Segments of full length make half as many at the most; what would make one
/// more is dropped, and comes again.
pub const GAPS_MAX: usize = 256;

/// How many places where something came out of order are remembered, to tell the newest first.
const RECENT: usize = 3;

/// What became of a segment's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It came in its turn, and nothing is missing.
    InOrder,
    /// Something is missing, or was, or it came before, or there is no room for it: the peer should know soon.
    Otherwise,
}

/// What has come.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The bytes from `start` on, with zeros in the gaps.
    ring: Ring,
    /// The first place that was not read.
    start: u64,
    /// The first place that has not come.
    next: u64,
    /// What came beyond `next`: in order, not touching each other or `next`.
    pieces: Vec<Range>,
    /// Places in the pieces that came last, the newest first.
    recent: Vec<u64>,
    /// The place of the FIN, once it has come.
    fin: Option<u64>,
}

impl Incoming {
    pub(super) fn new() -> Self {
        let ring = Ring::new(RECEIVE_BUFFER_BYTES_MAX);
        Self { ring, start: 0, next: 0, pieces: Vec::new(), recent: Vec::new(), fin: None }
    }

    /// Whether the segment's place contradicts what came before, or itself.
    pub(super) fn check(&self, segment: &Segment<'_>) -> Result<(), LinkError> {
        if !segment.has_content() {
            return Ok(());
        }
        let length = segment.data.len() as u64;
        // The FIN has to have a place too.
        let end = segment.offset.checked_add(length).filter(|end| *end < u64::MAX);
        let end = end.ok_or(LinkError::Offset(segment.offset))?;
        let highest = self.pieces.last().map_or(self.next, |piece| piece.to);
        match self.fin {
            Some(fin) if end > fin || segment.is_fin && end < fin => Err(LinkError::Fin { end, fin }),
            None if segment.is_fin && end < highest => Err(LinkError::Fin { end, fin: highest }),
            _ => Ok(()),
        }
    }

    /// Takes a segment's content, as much of it as is new and fits.
    pub(super) fn take(&mut self, segment: &Segment<'_>) -> Taken {
        let end = segment.offset + segment.data.len() as u64;
        let data_end = end.min(self.edge());
        let has_fin = segment.is_fin && end == data_end;
        let piece = Range { from: segment.offset.max(self.next), to: data_end + u64::from(has_fin) };
        if piece.from >= piece.to || !self.has_place_for(piece) {
            return Taken::Otherwise;
        }
        let data = segment.data.get(distance(segment.offset, piece.from)..distance(segment.offset, data_end));
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            self.ring.put(distance(self.start, piece.from), data);
        }
        if has_fin {
            self.fin = Some(end);
        }
        let is_in_order = self.pieces.is_empty() && piece.from == segment.offset && end == data_end;
        if self.insert(piece) && is_in_order { Taken::InOrder } else { Taken::Otherwise }
    }

    /// How many bytes the peer may send beyond [`Incoming::next`].
    pub(super) fn window(&self) -> u32 {
        u32::try_from(self.edge().saturating_sub(self.next)).unwrap_or(u32::MAX)
    }

    /// The first place that there is no room for. It never moves back.
    pub(super) fn edge(&self) -> u64 {
        self.start + RECEIVE_BUFFER_BYTES_MAX as u64
    }

    /// The first place that has not come: what is to be acknowledged.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether everything has come, the FIN included.
    pub(super) fn is_complete(&self) -> bool {
        self.fin.is_some_and(|fin| self.next > fin)
    }

    /// What came beyond [`Incoming::next`], the newest first.
    pub(super) fn ranges(&self) -> Ranges {
        let mut ranges = Ranges::default();
        for place in &self.recent {
            let holds = |piece: &&Range| piece.from <= *place && *place < piece.to;
            self.pieces.iter().find(holds).into_iter().for_each(|piece| ranges.add(*piece));
        }
        self.pieces.iter().for_each(|piece| ranges.add(*piece));
        ranges
    }

    /// The bytes that can be read, as far as they lie in a row.
    pub(super) fn readable(&self) -> &[u8] {
        let front = self.ring.front();
        &front[..front.len().min(self.ready())]
    }

    /// Takes bytes that were read away.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.ready());
        self.ring.consume(count);
        self.start += count as u64;
    }

    /// Forgets what was not read, and its memory.
    pub(super) fn clear(&mut self) {
        self.start += self.ready() as u64;
        self.ring.clear();
        self.pieces = Vec::new();
        self.recent = Vec::new();
    }

    /// How many bytes of memory it takes.
    pub(super) fn held_bytes(&self) -> usize {
        self.ring.capacity()
            + self.pieces.capacity() * size_of::<Range>()
            + self.recent.capacity() * size_of::<u64>()
    }

    /// How many bytes can be read.
    fn ready(&self) -> usize {
        let end = self.fin.map_or(self.next, |fin| self.next.min(fin));
        distance(self.start, end)
    }

    /// Whether a piece would not be one too many.
    fn has_place_for(&self, piece: Range) -> bool {
        let touches = |other: &Range| other.from <= piece.to && piece.from <= other.to;
        piece.from == self.next || self.pieces.len() < GAPS_MAX || self.pieces.iter().any(touches)
    }

    /// Notes that a piece has come; returns whether it was next.
    fn insert(&mut self, mut piece: Range) -> bool {
        let first = self.pieces.partition_point(|other| other.to < piece.from);
        let behind = self.pieces.partition_point(|other| other.from <= piece.to);
        for other in self.pieces.drain(first..behind) {
            piece = Range { from: piece.from.min(other.from), to: piece.to.max(other.to) };
        }
        if piece.from <= self.next {
            self.next = piece.to;
            return true;
        }
        self.pieces.insert(first, piece);
        self.recent.retain(|place| !(piece.from..piece.to).contains(place));
        self.recent.truncate(RECENT - 1);
        self.recent.insert(0, piece.from);
        false
    }
}

/// How far it is from one place to a later one, within a buffer.
fn distance(from: u64, to: u64) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u64 = RECEIVE_BUFFER_BYTES_MAX as u64;

    #[test]
    fn pieces_in_any_order_become_the_stream() {
        let mut incoming = Incoming::new();

        assert_eq!(take(&mut incoming, 6, b"ghi", true), Taken::Otherwise);
        assert_eq!(take(&mut incoming, 2, b"cd", false), Taken::Otherwise);
        assert_eq!(take(&mut incoming, 0, b"abc", false), Taken::Otherwise, "fills a gap");
        assert_eq!((incoming.next(), incoming.is_complete()), (4, false));
        assert_eq!(take(&mut incoming, 4, b"ef", false), Taken::Otherwise);

        assert_eq!((incoming.next(), incoming.is_complete()), (10, true), "the FIN counts");
        assert_eq!(read_all(&mut incoming), b"abcdefghi");
    }

    #[test]
    fn what_comes_in_its_turn_is_in_order_and_what_came_before_is_not() {
        let mut incoming = Incoming::new();

        assert_eq!(take(&mut incoming, 0, b"ab", false), Taken::InOrder);
        assert_eq!(take(&mut incoming, 0, b"ab", false), Taken::Otherwise);
        assert_eq!(take(&mut incoming, 1, b"bc", false), Taken::Otherwise);
        assert_eq!(take(&mut incoming, 3, b"", true), Taken::InOrder);

        assert_eq!(read_all(&mut incoming), b"abc");
    }

    #[test]
    fn the_window_takes_its_last_byte_and_not_one_more() {
        let mut incoming = Incoming::new();

        assert_eq!(take(&mut incoming, MAX - 1, b"zy", false), Taken::Otherwise);
        assert_eq!(incoming.ranges().as_slice(), [Range { from: MAX - 1, to: MAX }]);
        assert_eq!(take(&mut incoming, MAX, b"y", false), Taken::Otherwise);
        assert_eq!(incoming.ranges().as_slice().len(), 1);

        assert_eq!(
            take(&mut incoming, 0, &vec![b'a'; RECEIVE_BUFFER_BYTES_MAX - 1], false),
            Taken::Otherwise
        );
        assert_eq!((incoming.window(), incoming.next()), (0, MAX));
        assert_eq!(take(&mut incoming, MAX, b"", true), Taken::InOrder, "a FIN needs no room");
        assert!(incoming.is_complete() && incoming.held_bytes() < RECEIVE_BUFFER_BYTES_MAX + 8_192);
        assert_eq!(read_all(&mut incoming).len(), RECEIVE_BUFFER_BYTES_MAX);
    }

    #[test]
    fn the_newest_ranges_are_told_first_and_no_more_than_three() {
        let mut incoming = Incoming::new();
        for offset in [10, 20, 30, 40] {
            take(&mut incoming, offset, b"x", false);
        }
        let froms =
            |incoming: &Incoming| incoming.ranges().as_slice().iter().map(|it| it.from).collect::<Vec<_>>();
        assert_eq!(froms(&incoming), [40, 30, 20]);

        take(&mut incoming, 11, b"x", false);

        assert_eq!(froms(&incoming), [10, 40, 30]);
    }

    #[test]
    fn there_are_no_more_pieces_than_the_maximum() {
        let mut incoming = Incoming::new();
        for piece in 1..=GAPS_MAX as u64 + 5 {
            take(&mut incoming, piece * 2, b"x", false);
        }
        assert_eq!(incoming.pieces.len(), GAPS_MAX);

        assert_eq!(take(&mut incoming, 3, b"x", false), Taken::Otherwise, "what joins two has a place");
        assert_eq!(incoming.pieces.len(), GAPS_MAX - 1);
        take(&mut incoming, 0, b"xx", false);
        assert_eq!(incoming.next(), 5);
    }

    #[test]
    fn a_fin_has_one_place_and_nothing_is_behind_it() {
        let mut incoming = Incoming::new();
        take(&mut incoming, 5, b"x", false);
        assert!(check(&incoming, 3, b"xx", true).is_err(), "a byte behind it has come");
        assert!(check(&incoming, 3, b"xxx", true).is_ok());
        take(&mut incoming, 6, b"", true);

        assert!(check(&incoming, 6, b"", true).is_ok());
        assert!(check(&incoming, 5, b"", true).is_err());
        assert!(check(&incoming, 7, b"", true).is_err());
        assert!(check(&incoming, 6, b"x", false).is_err());
        assert!(check(&incoming, 7, b"", false).is_ok(), "nothing is in it");
    }

    #[test]
    fn places_near_the_end_of_numbers_are_errors_or_too_far_away() {
        let mut incoming = Incoming::new();
        assert!(check(&incoming, u64::MAX, b"", true).is_err());
        assert!(check(&incoming, u64::MAX - 1, b"x", false).is_err());
        assert!(check(&incoming, u64::MAX - 2, b"x", true).is_ok());

        assert_eq!(take(&mut incoming, u64::MAX - 2, b"x", true), Taken::Otherwise);

        assert_eq!((incoming.held_bytes(), incoming.is_complete()), (0, false));
    }

    fn segment(offset: u64, data: &[u8], is_fin: bool) -> Segment<'_> {
        Segment { offset, ack: 0, window: 0, is_fin, is_reset: false, ranges: Ranges::default(), data }
    }

    fn check(incoming: &Incoming, offset: u64, data: &[u8], is_fin: bool) -> Result<(), LinkError> {
        incoming.check(&segment(offset, data, is_fin))
    }

    fn take(incoming: &mut Incoming, offset: u64, data: &[u8], is_fin: bool) -> Taken {
        check(incoming, offset, data, is_fin).unwrap();
        incoming.take(&segment(offset, data, is_fin))
    }

    fn read_all(incoming: &mut Incoming) -> Vec<u8> {
        let mut read = Vec::new();
        while !incoming.readable().is_empty() {
            read.extend_from_slice(incoming.readable());
            incoming.consume(incoming.readable().len());
        }
        read
    }
}
