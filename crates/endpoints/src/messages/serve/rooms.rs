//! Rooms: who is where, and what is said to everybody there.
//!
//! Nothing here waits. What happens goes into a queue for each member; a member whose queue is full loses its place, so
//! that nobody who does not read can hold up the others or make the server keep their lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::mpsc;
use wire::message::Message;

use crate::messages::lock::lock;

/// How many rooms there may be.
pub const ROOMS_MAX: usize = 256;
/// How many people a room takes.
pub const MEMBERS_MAX: usize = 256;
/// How many messages wait for a member that reads slowly; one more, and it loses its place.
pub const MEMBER_MESSAGES_MAX: usize = 64;

/// Every room of a server. A room is there as long as somebody is in it.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    rooms: BTreeMap<String, Room>,
    places: u64,
}

/// The members of a room, by name.
type Room = BTreeMap<String, Member>;

#[derive(Debug)]
struct Member {
    /// Which of all the places ever taken; a name can be taken again.
    place: u64,
    sender: mpsc::Sender<Arc<News>>,
}

/// Something that the members of a room hear.
#[derive(Debug)]
pub(super) struct News {
    /// When, in milliseconds since 1970.
    pub(super) at_ms: u64,
    /// Whom it is about.
    pub(super) who: String,
    /// What that one did.
    pub(super) what: What,
}

/// What a member did.
#[derive(Debug)]
pub(super) enum What {
    Came,
    Left,
    Said(String),
}

/// A place in a room.
#[derive(Debug)]
pub(super) struct Place {
    room: String,
    who: String,
    /// Which of all the places ever taken.
    number: u64,
}

/// Why somebody cannot come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotJoined {
    /// The name is taken.
    Taken,
    /// There are too many rooms, or too many people in this one.
    Full,
}

/// What somebody who comes in gets: a place, who is there already, and what will be heard, up to the loss of the place.
pub(super) type Joined = (Place, Vec<String>, mpsc::Receiver<Arc<News>>);

impl Rooms {
    /// Lets somebody in, and tells the others.
    pub(super) fn join(&self, room: &str, who: &str, at_ms: u64) -> Result<Joined, NotJoined> {
        let mut inside = self.lock();
        if !inside.rooms.contains_key(room) && inside.rooms.len() >= ROOMS_MAX {
            return Err(NotJoined::Full);
        }
        inside.places += 1;
        let number = inside.places;
        let members = inside.rooms.entry(room.to_owned()).or_default();
        if members.contains_key(who) {
            return Err(NotJoined::Taken);
        }
        if members.len() >= MEMBERS_MAX {
            return Err(NotJoined::Full);
        }
        tell(members, News { at_ms, who: who.to_owned(), what: What::Came });
        let there = members.keys().cloned().collect();
        let (sender, receiver) = mpsc::channel(MEMBER_MESSAGES_MAX);
        members.insert(who.to_owned(), Member { place: number, sender });
        Ok((Place { room: room.to_owned(), who: who.to_owned(), number }, there, receiver))
    }

    /// Says a line to everybody in the room, the one who says it too.
    pub(super) fn say(&self, place: &Place, line: &str, at_ms: u64) {
        if let Some(members) = self.lock().rooms.get_mut(&place.room) {
            tell(members, News { at_ms, who: place.who.clone(), what: What::Said(line.to_owned()) });
        }
    }

    /// Lets somebody go, and tells the others. One who has lost the place is gone already.
    pub(super) fn leave(&self, place: &Place, at_ms: u64) {
        let mut inside = self.lock();
        let Some(members) = inside.rooms.get_mut(&place.room) else { return };
        if members.get(&place.who).is_some_and(|member| member.place == place.number) {
            members.remove(&place.who);
            tell(members, News { at_ms, who: place.who.clone(), what: What::Left });
        }
        if members.is_empty() {
            inside.rooms.remove(&place.room);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        lock(&self.0)
    }
}

impl News {
    /// The same as a message.
    pub(super) fn message(&self) -> Message<'_> {
        let (at_ms, who) = (self.at_ms, self.who.as_str());
        match &self.what {
            What::Came => Message::Came { at_ms, who },
            What::Left => Message::Left { at_ms, who },
            What::Said(line) => Message::Said { at_ms, who, line },
        }
    }
}

/// Tells every member. One that has no room for it is gone, which is told to the others in turn.
fn tell(members: &mut Room, news: News) {
    let at_ms = news.at_ms;
    let mut waiting = vec![Arc::new(news)];
    while let Some(news) = waiting.pop() {
        members.retain(|who, member| {
            let has_room = member.sender.try_send(Arc::clone(&news)).is_ok();
            if !has_room {
                waiting.push(Arc::new(News { at_ms, who: who.clone(), what: What::Left }));
            }
            has_room
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_reaches_everybody_and_the_one_who_says_it() {
        let rooms = Rooms::default();
        let (ana, _, mut to_ana) = rooms.join("lab", "ana", 1).unwrap();
        let (_, there, mut to_bea) = rooms.join("lab", "bea", 2).unwrap();

        rooms.say(&ana, "hola", 3);

        assert_eq!(there, ["ana"]);
        assert_eq!(to_ana.try_recv().unwrap().message(), Message::Came { at_ms: 2, who: "bea" });
        for receiver in [&mut to_ana, &mut to_bea] {
            let news = receiver.try_recv().unwrap();
            assert_eq!(news.message(), Message::Said { at_ms: 3, who: "ana", line: "hola" });
        }
    }

    #[test]
    fn a_member_that_does_not_read_loses_its_place_and_the_others_hear_of_it() {
        let rooms = Rooms::default();
        let (ana, _, mut to_ana) = rooms.join("lab", "ana", 0).unwrap();
        let (_, _, mut to_bea) = rooms.join("lab", "bea", 0).unwrap();
        assert!(to_ana.try_recv().is_ok());

        for _ in 0..=MEMBER_MESSAGES_MAX {
            rooms.say(&ana, "hola", 1);
            assert!(to_ana.try_recv().is_ok());
        }

        assert_eq!(to_ana.try_recv().unwrap().message(), Message::Left { at_ms: 1, who: "bea" });
        let heard = std::iter::from_fn(|| to_bea.blocking_recv()).count();
        assert_eq!(heard, MEMBER_MESSAGES_MAX);
        assert!(rooms.join("lab", "bea", 2).is_ok());
    }

    #[test]
    fn a_place_that_was_lost_cannot_take_the_next_one_of_that_name_away() {
        let rooms = Rooms::default();
        let (old, _, _) = rooms.join("lab", "ana", 0).unwrap();
        rooms.leave(&old, 1);
        let (_, _, mut to_new) = rooms.join("lab", "ana", 2).unwrap();

        rooms.leave(&old, 3);

        assert!(matches!(rooms.join("lab", "ana", 4), Err(NotJoined::Taken)));
        assert!(to_new.try_recv().is_err());
    }

    #[test]
    fn there_are_at_most_so_many_rooms_and_members() {
        let rooms = Rooms::default();
        let places: Vec<_> = (0..ROOMS_MAX).map(|n| rooms.join(&n.to_string(), "ana", 0).unwrap()).collect();
        let mut places = places;
        for n in 1..MEMBERS_MAX {
            places.push(rooms.join("0", &n.to_string(), 0).unwrap());
            // Everybody hears who came, and would lose the place without listening.
            for (_, _, news) in &mut places {
                while news.try_recv().is_ok() {}
            }
        }

        assert_eq!(rooms.join("one more", "ana", 0).unwrap_err(), NotJoined::Full);
        assert_eq!(rooms.join("0", "one more", 0).unwrap_err(), NotJoined::Full);
        rooms.leave(&places[1].0, 0);
        assert!(rooms.join("one more", "ana", 0).is_ok());
    }
}
