//! What can be seen on the machine that the tests run on, by the user who runs them.

use kernel::namespace::{self, UserMap};
use scope::doctor::{Capability, Condition, State, Surroundings, judge, probe};
use scope::model::Level;
use scope::session::MTU_BYTES;
use wire::errno::EPERM;

// One test, since the tracer takes notice of every process that this one has made.
#[test]
fn what_is_said_of_this_machine_is_so() {
    let here = Surroundings::read();
    if here.tracer.is_some() {
        return eprintln!("SKIP: something else traces the tests");
    }
    let has_private = namespace::probe(UserMap::usual(), MTU_BYTES).is_ok();

    let probed = probe();
    let diagnosis = judge(&here, &probed);

    // The tests of the tracer do all of this.
    assert_eq!(probed.calls, Ok(()), "{here:?}");
    assert_eq!(probed.descriptors, Ok(()), "{here:?}");
    assert_eq!((probed.socket_lists, probed.counters), (Ok(()), Ok(())), "{here:?}");
    assert_eq!(probed.private_network.is_ok(), has_private);
    assert_eq!(diagnosis.level == Some(Level::A), has_private);
    assert_eq!(diagnosis.has_kernel_events, probed.kernel_events.is_ok());
    if !here.is_root() && !here.capabilities.has(Capability::NetRaw) {
        assert_eq!(probed.packets.unwrap_err().errno, EPERM);
        let standing = diagnosis.standing(Condition::KernelEvents).unwrap();
        assert_eq!(standing.state, State::Missing);
        assert!(!standing.advice.is_empty());
    }
    for standing in diagnosis.standings {
        assert!(standing.state == State::Fine || standing.reason.is_some(), "{standing:?}");
    }
}
