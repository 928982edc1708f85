//! The lanes of processes: their names, and which are folded.

use scope::model::{Fd, Pid, ProcessChange, Protocol};
use scope::testing::{Socket, Story};

use super::{SERVER, build};

#[test]
fn children_are_numbered_in_the_order_in_which_they_use_sockets() {
    let mut story = Story::new(&["server", "client"]);
    let parent = story.pid(0);
    let listener = story.socket(parent, 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    for child in [501, 502, 503] {
        story.process(parent, ProcessChange::Forked { child: Pid(child) });
    }
    for child in [503, 501] {
        let inherited = Socket { pid: Pid(child), ..listener };
        story.listen(inherited, 1);
    }

    let timeline = build(story);

    let name = |pid| timeline.processes.name(Pid(pid));
    assert_eq!([100, 503, 501, 502, 200].map(name), ["server", "server.2", "server.3", "server.4", "client"]);
    let shown: Vec<_> = timeline.processes.shown().iter().map(|lane| lane.pid.0).collect();
    assert_eq!(shown, [100, 501, 503], "neither has 502 used a socket nor has the client");
}

#[test]
fn a_process_that_only_closes_what_it_inherited_is_folded() {
    let mut story = Story::new(&["server"]);
    let parent = story.pid(0);
    let listener = story.socket(parent, 3, Protocol::Tcp);
    story.process(parent, ProcessChange::Forked { child: Pid(501) });
    story.close(Socket { pid: Pid(501), ..listener });

    let timeline = build(story);

    assert!(!timeline.processes.lanes[&Pid(501)].has_sockets);
    assert!(timeline.processes.lanes[&parent].has_sockets);
}

#[test]
fn a_process_has_its_command_its_parent_and_its_end() {
    let mut story = Story::new(&["server"]);
    let parent = story.pid(0);
    story.process(parent, ProcessChange::Forked { child: Pid(501) });
    let arguments = vec!["sleep".to_owned(), "1".to_owned()];
    story.process(Pid(501), ProcessChange::Executed { file: "/bin/sleep".to_owned(), arguments });
    story.wait_us(9).process(Pid(501), ProcessChange::Ended { wait_status: 256 });

    let timeline = build(story);

    let lane = &timeline.processes.lanes[&Pid(501)];
    assert_eq!((lane.parent, lane.program, lane.wait_status), (Some(parent), Some(0), Some(256)));
    assert_eq!(lane.command, ["sleep", "1"]);
    assert_eq!(lane.ended.expect("an end").0, 9_000);
}

#[test]
fn who_has_a_socket_changes_with_close_exec_and_the_end() {
    let mut story = Story::new(&["server"]);
    let parent = story.pid(0);
    let socket = story.socket(parent, 3, Protocol::Udp);
    story.process(parent, ProcessChange::Forked { child: Pid(501) });
    let at = |us: u64| scope::model::Time(us * 1000);
    story.at_us(100).close(socket);
    story.at_us(200).process(Pid(501), ProcessChange::Ended { wait_status: 0 });

    let timeline = build(story);

    let life = timeline.sockets.get(socket.id).expect("a socket");
    assert_eq!(life.holder_at(at(50)), Some((parent, Fd(3))));
    assert_eq!(life.holder_at(at(150)), Some((Pid(501), Fd(3))));
    assert_eq!(life.holder_at(at(250)), Some((Pid(501), Fd(3))), "the last one");
    assert!(life.is_open_at(at(150)) && !life.is_open_at(at(250)));
}

#[test]
fn two_programs_with_one_name_are_told_apart() {
    let timeline = build(Story::new(&["client", "client"]));

    assert_eq!([100, 200].map(|pid| timeline.processes.name(Pid(pid))), ["client", "client.2"]);
}
