//! The ways of `docs/ways.md`, each with the receiver that says what arrived.

use endpoints::ways::{Cause, Delimiter, Digest, Name, Payload, Report, Verdict, Way, compare};

use super::super::look::{Did, Look, look};
use super::super::stream_steps::{FIRST, after, close, connected, end, mark, receive, send};
use super::super::{Cast, Claim, Evidence, Recorded, Scene, Settings, Unseen, Value, When};
use super::{CLIENT, COMMENT, NAME, SERVER, TEXT, image};
use crate::actor::{Data, Script, Sending, Socket, Step, Until};

/// The other client, and its text.
const OTHER: &str = "other";
const OTHER_TEXT: &str = "Soy Bea.";

/// How much of a report a sender takes at once: less than a recording keeps of a call.
const REPORT_BYTES: u32 = 200;

/// The socket of a second connection.
const SECOND: Socket = Socket(1);

/// How many letters of a hash are shown.
const HASH_LETTERS: usize = 16;

const TEXT_IS_SENT: &str = "the first text is sent";
const OTHER_TEXT_IS_SENT: &str = "the second text is sent";
const IMAGE_IS_SENT: &str = "the first image is sent";

/// A scene with one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trial {
    Close,
    Delimiter,
    DelimiterInside,
    Length,
    Tlv,
    TwoConnections,
}

impl Trial {
    /// In the order of the answer.
    const ALL: [Self; 6] =
        [Self::Close, Self::Delimiter, Self::DelimiterInside, Self::Length, Self::Tlv, Self::TwoConnections];

    /// Its scene, and its claim.
    const fn id(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Delimiter => "delimiter",
            Self::DelimiterInside => "delimiter-inside",
            Self::Length => "length",
            Self::Tlv => "tlv",
            Self::TwoConnections => "two-connections",
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Close => Way::Close,
            Self::Delimiter | Self::DelimiterInside => Way::Delimiter(Delimiter::default()),
            Self::Length => Way::Length,
            Self::Tlv => Way::Tlv,
            Self::TwoConnections => Way::TwoConnections,
        }
    }

    /// The text and the image. Where it is to be seen whether it matters, the image has the delimiter in its comment.
    fn items(self, settings: &Settings) -> [Payload; 2] {
        let is_evil = matches!(self, Self::DelimiterInside | Self::Length | Self::Tlv);
        let comment = if is_evil { [COMMENT, b"\n--FIN--\n"].concat() } else { COMMENT.to_vec() };
        [Payload::text(TEXT), file(image(settings, &comment))]
    }
}

fn file(bytes: Vec<u8>) -> Payload {
    Payload::file(Name::new(NAME), bytes)
}

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let trials = Trial::ALL.map(|trial| {
        let items = trial.items(settings);
        let client = match trial {
            Trial::TwoConnections => by_two_connections(&items, [None; 4]),
            _ => by_one_connection(&trial.way(), &items),
        };
        let programs = vec![server(&trial.way()), Cast::actor(CLIENT, When::Listening, client)];
        super::scene(trial.id(), programs)
    });
    trials.into_iter().chain([two_clients(settings)]).collect()
}

fn server(way: &Way) -> Cast {
    Cast::socklab(SERVER, When::AtOnce, ["serve", "--how", way.name()])
}

fn by_one_connection(way: &Way, items: &[Payload; 2]) -> Script {
    let sends = items.iter().map(|item| send(FIRST, Data::Bytes(encoded(way, item)), Sending::All));
    let rest = [end(FIRST), receive(FIRST, REPORT_BYTES, Until::End), close(FIRST)];
    Script(connected(FIRST).into_iter().chain(sends).chain(rest).collect())
}

/// A client with a connection for each item. Of the four marks the first one is waited for before it begins and the second one
/// made when it has sent its text; the third one is waited for before it sends its image and the last one made then.
fn by_two_connections([text, image]: &[Payload; 2], marks: [Option<&str>; 4]) -> Script {
    let [begin, text_is_sent, go_on, image_is_sent] = marks;
    let sent = |socket, item: &Payload| {
        let sends = [send(socket, Data::Bytes(item.bytes.clone()), Sending::All), end(socket)];
        connected(socket).into_iter().chain(sends)
    };
    let told = |socket| [receive(socket, REPORT_BYTES, Until::End), close(socket)];
    let steps: Vec<Step> = begin
        .map(after)
        .into_iter()
        .chain(sent(FIRST, text))
        .chain(text_is_sent.map(mark))
        .chain(go_on.map(after))
        .chain(sent(SECOND, image))
        .chain(image_is_sent.map(mark))
        .chain(told(FIRST))
        .chain(told(SECOND))
        .collect();
    Script(steps)
}

/// The second client's text comes between the first one's text and image.
fn two_clients(settings: &Settings) -> Scene {
    let first = [None, Some(TEXT_IS_SENT), Some(OTHER_TEXT_IS_SENT), Some(IMAGE_IS_SENT)];
    let second = [Some(TEXT_IS_SENT), Some(OTHER_TEXT_IS_SENT), Some(IMAGE_IS_SENT), None];
    let programs = vec![
        server(&Way::TwoConnections),
        Cast::actor(
            CLIENT,
            When::Listening,
            by_two_connections(&Trial::TwoConnections.items(settings), first),
        ),
        Cast::actor(OTHER, When::AtOnce, by_two_connections(&others(settings), second)),
    ];
    super::scene(TWO_CLIENTS, programs)
}

const TWO_CLIENTS: &str = "two-clients";

fn others(settings: &Settings) -> [Payload; 2] {
    [Payload::text(OTHER_TEXT), file(image(settings, b"Vista al mar"))]
}

fn encoded(way: &Way, item: &Payload) -> Vec<u8> {
    let mut bytes = Vec::new();
    way.encode(item, &mut bytes);
    bytes
}

/// What became of a client's items.
struct Arrived<'r> {
    verdict: Verdict,
    /// What was said of each of its connections.
    reports: Vec<Report>,
    /// Its calls: what it sent, and how it was told.
    calls: Vec<Did<'r>>,
}

impl<'r> Arrived<'r> {
    /// `None` if a connection was not reported on.
    fn of(scene: Look<'r>, client: &str, way: &Way, items: &[Payload; 2]) -> Option<Self> {
        let connects: Vec<_> = scene.named(client, "connect").collect();
        let report = |connect: &Did<'_>| {
            let its = scene.receives(client).filter(|did| did.socket() == connect.socket());
            let bytes: Vec<u8> = its.flat_map(|did| did.bytes()).copied().collect();
            String::from_utf8(bytes).ok()?.parse::<Report>().ok()
        };
        let reports: Vec<_> = connects.iter().map(report).collect::<Option<_>>()?;
        let [text, image] = items;
        let sent = match connects.len() {
            1 => vec![vec![text, image]],
            2 => vec![vec![text], vec![image]],
            _ => return None,
        };
        let told: Vec<_> = reports.iter().cloned().map(Some).collect();
        let verdict = compare(way, &sent, &told);
        let calls = scene.sends(client).chain(scene.receives(client).filter(|did| did.moved_bytes() > 0));
        Some(Self { verdict, reports, calls: calls.collect() })
    }

    fn items(&self) -> usize {
        self.reports.iter().map(|report| report.items.len()).sum()
    }

    fn bytes(&self) -> u64 {
        self.reports.iter().flat_map(|report| &report.items).map(|item| item.bytes).sum()
    }

    /// A claim, shown by what was sent and what was said of it.
    fn is(&self, id: &'static str, so: bool, otherwise: Evidence) -> Claim {
        let shown = self.calls.first().map_or(otherwise, |call| (*call).into());
        Claim::is(id, so, shown)
            .also(self.calls.iter().copied())
            .value("items", Value::Count(self.items() as u64))
    }
}

pub(super) fn claims(settings: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let trials = Trial::ALL.into_iter().filter_map(|trial| {
        let scene = look(recorded, trial.id())?;
        let items = trial.items(settings);
        let arrived = Arrived::of(scene, CLIENT, &trial.way(), &items);
        let claim = arrived.zip(scene.end()).map(|(arrived, end)| trial.claim(&items, &arrived, end));
        Some(claim.unwrap_or_else(|| Claim::unknown(trial.id(), Unseen::NotReached)))
    });
    trials.chain(look(recorded, TWO_CLIENTS).map(|scene| mixed(scene, settings))).collect()
}

impl Trial {
    fn claim(self, items: &[Payload; 2], arrived: &Arrived<'_>, end: Evidence) -> Claim {
        let [text, image] = items;
        let sizes = items.iter().map(|item| item.bytes.len()).sum::<usize>();
        let on_the_wire: usize = items.iter().map(|item| encoded(&self.way(), item).len()).sum();
        let is_held = arrived.verdict == Verdict::Held;
        let claim = match self {
            Self::Close => {
                let is_one = arrived.items() == 1 && arrived.bytes() == sizes as u64;
                arrived.is(self.id(), is_one, end).value("bytes", Value::Bytes(arrived.bytes()))
            }
            Self::DelimiterInside => return cut(items, arrived, end),
            _ => arrived.is(self.id(), is_held, end),
        };
        claim
            .value("text", Value::Count(text.bytes.len() as u64))
            .value("image", Value::Bytes(image.bytes.len() as u64))
            .value("sha256", Value::Word(beginning(image.item().sha256)))
            .value("overhead", Value::Bytes((on_the_wire - sizes) as u64))
            .value("name", Value::Word(NAME.to_owned()))
    }
}

/// An image that was taken for two items: it holds when the first of them is what the image has before the mark, by its hash.
fn cut(items: &[Payload; 2], arrived: &Arrived<'_>, end: Evidence) -> Claim {
    let image = &items[1].bytes;
    let at_byte = match arrived.verdict {
        Verdict::Broken { cause: Cause::DelimiterInside { at_byte, .. } } => Some(at_byte),
        _ => Delimiter::default().position_in(image),
    };
    let begins = at_byte.map(|at| Payload::file(None, image[..at.min(image.len())].to_vec()).item().sha256);
    let taken = arrived.reports.first().and_then(|report| report.items.get(1)).map(|item| item.sha256);
    let so = begins.is_some() && begins == taken && arrived.items() > items.len();
    arrived
        .is(Trial::DelimiterInside.id(), so, end)
        .value("image", Value::Bytes(image.len() as u64))
        .value("at_byte", Value::Count(at_byte.unwrap_or(image.len()) as u64))
}

/// Two clients at once, each with two connections.
fn mixed(scene: Look<'_>, settings: &Settings) -> Claim {
    let way = Way::TwoConnections;
    let mine = Arrived::of(scene, CLIENT, &way, &Trial::TwoConnections.items(settings));
    let other = Arrived::of(scene, OTHER, &way, &others(settings));
    let (Some(mine), Some(other), Some(end)) = (mine, other, scene.end()) else {
        return Claim::unknown(TWO_CLIENTS, Unseen::NotReached);
    };
    // What was said of the connection of the other client's text: of which pair it was taken to be.
    let (pair, others) = (mine.reports[0].pair, &other.reports[0]);
    let so = mine.verdict == Verdict::Broken { cause: Cause::Mixed } && pair.is_some() && others.pair == pair;
    let taken: u64 = others.items.iter().map(|item| item.bytes).sum();
    mine.is(TWO_CLIENTS, so, end).also(other.calls.iter().copied()).value("bytes", Value::Bytes(taken))
}

/// The first letters of a hash.
fn beginning(digest: Digest) -> String {
    let letters: String = digest.to_string().chars().take(HASH_LETTERS).collect();
    format!("{letters}…")
}
