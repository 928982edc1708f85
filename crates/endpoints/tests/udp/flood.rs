//! Strangers cost nothing, and what was recorded leads nowhere.

use std::io::ErrorKind;
use std::sync::atomic::Ordering::Relaxed;

use endpoints::messages::udp::{HALF_OPEN_OF_HOST_MAX, INCOMING_MAX};
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use wire::datagram::{COOKIE_BYTES, Datagram, Nonce, SessionId};
use wire::key::KeyId;
use wire::message::{NOISE_BYTES, Opening};

use crate::relay::Relay;
use crate::support::{ANA, Raw, Server, encoded, exchange, open, pattern, run};

/// As many as no buffer on the way holds, if each were not answered before the next.
const FLOOD: u64 = 2_000;

#[test]
fn a_flood_of_hello_and_of_open_without_a_good_cookie_leaves_nothing_behind() {
    run(async {
        let mut server = Server::start().await;
        let raw = Raw::new(server.address).await;
        for number in 0..FLOOD {
            let nonce = Nonce(number.to_be_bytes());
            raw.cookie(nonce).await;
            // A cookie of another nonce, and one that nobody made.
            let stolen = raw.cookie(Nonce([0xff; 8])).await;
            for cookie in [stolen, [7; COOKIE_BYTES]] {
                let answer =
                    raw.ask(&Datagram::Open { nonce, cookie: &cookie, opening: Opening::Plain }).await;
                assert!(matches!(Datagram::parse(&answer), Ok(Datagram::Retry { .. })));
            }
        }

        let counters = &server.counters;
        assert_eq!(counters.retries.load(Relaxed), 4 * FLOOD);
        let state = [&counters.accepted, &counters.refused, &counters.half_open, &counters.live];
        assert_eq!(state.map(|counter| counter.load(Relaxed)), [0; 4]);
        server.sessions.try_recv().unwrap_err();
    });
}

#[test]
fn a_flood_of_unknown_keys_leaves_nothing_behind() {
    run(async {
        let server = Server::start().await;
        let raw = Raw::new(server.address).await;
        for number in 0..FLOOD / 10 {
            let nonce = Nonce(number.to_be_bytes());
            let cookie = raw.cookie(nonce).await;
            let opening = Opening::Sealed { key: KeyId(number.to_be_bytes()), noise: &[7; NOISE_BYTES] };
            let answer = raw.ask(&Datagram::Open { nonce, cookie: &cookie, opening }).await;
            assert!(matches!(Datagram::parse(&answer), Ok(Datagram::Refused { .. })));
        }

        let counters = &server.counters;
        assert_eq!(counters.refused.load(Relaxed), FLOOD / 10);
        let state = [&counters.accepted, &counters.half_open, &counters.live];
        assert_eq!(state.map(|counter| counter.load(Relaxed)), [0; 3]);
    });
}

#[test]
fn sessions_that_are_opened_and_not_used_are_bounded_and_nobody_hears_of_them() {
    run(async {
        let mut server = Server::start().await;
        let raw = Raw::new(server.address).await;
        let (mut first, mut last) = (None, None);
        for number in 0..HALF_OPEN_OF_HOST_MAX as u64 + 44 {
            let accepted = accepted(&raw, Nonce(number.to_be_bytes())).await;
            first.get_or_insert(accepted);
            last = Some(accepted);
        }

        // What is sealed for none of them, and a good segment for one that had to go.
        let ids = [first.unwrap(), SessionId([0xee; 8])];
        for session in ids {
            raw.send(&Datagram::Segment { session, number: 0, segment: &empty_segment() }).await;
        }
        raw.send(&Datagram::Segment { session: last.unwrap(), number: 0, segment: b"no segment" }).await;
        raw.cookie(Nonce([0xff; 8])).await;

        assert!(server.counters.half_open.load(Relaxed) <= HALF_OPEN_OF_HOST_MAX as u64);
        assert_eq!(server.counters.dropped.load(Relaxed), 3);
        server.sessions.try_recv().unwrap_err();
        raw.send(&Datagram::Segment { session: last.unwrap(), number: 0, segment: &empty_segment() }).await;
        server.sessions.recv().await.unwrap();
    });
}

#[test]
fn segments_from_another_address_are_not_of_the_session() {
    run(async {
        let mut server = Server::start().await;
        let (raw, other) = (Raw::new(server.address).await, Raw::new(server.address).await);
        let session = accepted(&raw, Nonce([1; 8])).await;
        let segment = empty_segment();

        other.send(&Datagram::Segment { session, number: 0, segment: &segment }).await;
        other.cookie(Nonce([2; 8])).await;

        assert_eq!(server.counters.dropped.load(Relaxed), 1);
        server.sessions.try_recv().unwrap_err();
        raw.send(&Datagram::Segment { session, number: 0, segment: &segment }).await;
        server.sessions.recv().await.unwrap();
    });
}

#[test]
fn a_session_that_was_recorded_and_is_played_again_opens_nothing() {
    run(async {
        let mut server = Server::start().await;
        let relay = Relay::start(server.address, |_, datagram| vec![(0, datagram.to_vec())]).await;
        let (client, other) = server.open_by(relay.address, Some(ANA)).await;
        let both = tokio::join!(exchange(client, pattern(50_000, 1)), exchange(other, pattern(9, 2)));
        assert_eq!(both, (pattern(9, 2), pattern(50_000, 1)));

        // From the same address, while the cookie is good; and from another one.
        let record = relay.record.lock().unwrap().clone();
        relay.cut();
        let stranger = Raw::new(server.address).await;
        for datagram in &record {
            relay.back.send(datagram).await.unwrap();
            stranger.0.send(datagram).await.unwrap();
            // One after the other, so that none is lost for want of room.
            Raw::new(server.address).await.cookie(Nonce([0xff; 8])).await;
        }

        assert!(record.len() > 10 && server.counters.dropped.load(Relaxed) > 0);
        assert_eq!(server.counters.opened.load(Relaxed), 1);
        server.sessions.try_recv().unwrap_err();
    });
}

#[test]
fn more_sessions_than_wait_to_be_taken_are_broken_off() {
    run(async {
        let server = Server::start().await;
        let (tell, mut told) = mpsc::channel(1);
        for _ in 0..=INCOMING_MAX {
            let (mut client, tell) = (open(server.address, Some(ANA)).await.unwrap(), tell.clone());
            tokio::spawn(async move {
                let ended = client.read(&mut [0]).await;
                let _ = tell.send(ended).await;
            });
        }

        let broken_off = told.recv().await.unwrap();

        assert_eq!(broken_off.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(server.counters.opened.load(Relaxed), INCOMING_MAX as u64);
        assert_eq!(server.sessions.len(), INCOMING_MAX);
    });
}

/// Opens a plain session as far as the server's answer.
async fn accepted(raw: &Raw, nonce: Nonce) -> SessionId {
    let cookie = raw.cookie(nonce).await;
    match Datagram::parse(&raw.ask(&Datagram::Open { nonce, cookie: &cookie, opening: Opening::Plain }).await)
    {
        Ok(Datagram::Accepted { session, .. }) => session,
        other => panic!("{other:?}"),
    }
}

/// A segment with nothing in it.
fn empty_segment() -> Vec<u8> {
    let datagram = Datagram::Hello { nonce: Nonce([0; 8]) };
    encoded(&datagram)[2..24].to_vec()
}
