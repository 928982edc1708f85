//! What a timeline makes of recordings.

use scope::model::Protocol;
use scope::testing::Story;
use scope::timeline::{EntryKind, Role, Timeline};

const SERVER: &str = "127.0.0.1:3500";
const CLIENT: &str = "127.0.0.1:40000";

#[test]
fn packets_belong_to_the_processes_of_both_ends() {
    let mut story = Story::new(&["server", "client"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let listener = story.socket(server, 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 5);
    let socket = story.socket(client, 3, Protocol::Tcp);
    story.connect(socket, SERVER);
    let syn = story.handshake(CLIENT, SERVER);
    let connection = story.accept(listener, 4, CLIENT);
    let data = story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");

    let timeline = Timeline::build(story.finish()).unwrap();

    assert_eq!(owners(&timeline, syn), [(Some(client), Role::Holder), (Some(server), Role::Listener)]);
    assert_eq!(owners(&timeline, data), [(Some(client), Role::Holder), (Some(server), Role::Holder)]);
    assert_eq!(packet(&timeline, data).to.socket, Some(connection.id));
    assert_eq!(packet(&timeline, data).numbers.unwrap().sequence, 1);
}

fn owners(timeline: &Timeline, id: scope::model::EventId) -> [(Option<scope::model::Pid>, Role); 2] {
    let crossing = packet(timeline, id);
    [(crossing.from.pid, crossing.from.role), (crossing.to.pid, crossing.to.role)]
}

fn packet(timeline: &Timeline, id: scope::model::EventId) -> &scope::timeline::Crossing {
    match &timeline.entry(id).expect("an entry").kind {
        EntryKind::Packet(crossing) => crossing,
        other => panic!("{other:?}"),
    }
}
