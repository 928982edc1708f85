//! Who is let in, who is not, and what of it can be lost, doubled or forged on the way.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use endpoints::messages::udp::{OpenError, connect};
use tokio::net::UdpSocket;
use wire::datagram::{COOKIE_BYTES, Datagram, Nonce};
use wire::key::Secret;
use wire::message::{NOISE_BYTES, Opening, Refusal};

use crate::relay::{Relay, To};
use crate::support::{ANA, Raw, Server, encoded, exchange, open, pattern, run};

const NONCE: Nonce = Nonce([9; 8]);
const PLAIN: Opening<'static> = Opening::Plain;

#[test]
fn a_wrong_secret_and_an_unknown_key_are_refused_alike() {
    run(async {
        let mut server = Server::start().await;
        let raw = Raw::new(server.address).await;
        let cookie = raw.cookie(NONCE).await;
        let noise = [7; NOISE_BYTES];

        let known = Opening::Sealed { key: Secret::new(ANA).id(), noise: &noise };
        let known = raw.ask(&Datagram::Open { nonce: NONCE, cookie: &cookie, opening: known }).await;
        let unknown = Opening::Sealed { key: Secret::new([2; 32]).id(), noise: &noise };
        let unknown = raw.ask(&Datagram::Open { nonce: NONCE, cookie: &cookie, opening: unknown }).await;
        let refused = open(server.address, Some([2; 32])).await.unwrap_err();

        assert_eq!(known, unknown);
        assert_eq!(known, encoded(&Datagram::Refused { nonce: NONCE, refusal: Refusal::Key }));
        assert!(matches!(refused, OpenError::Refused(Refusal::Key)), "{refused}");
        let keys: Vec<_> = server.door.refusals.lock().unwrap().iter().map(|(_, key)| *key).collect();
        let other = Some(Secret::new([2; 32]).id());
        assert_eq!(keys, [Some(Secret::new(ANA).id()), other, other], "the server knows which");
        assert_eq!(server.counters.accepted.load(Relaxed), 0);
        server.sessions.try_recv().unwrap_err();
    });
}

#[test]
fn each_reason_to_refuse_arrives() {
    run(async {
        let server = Server::with_sessions_max(0).await;
        let refused = async |secret| match open(server.address, secret).await {
            Err(OpenError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };

        assert_eq!(refused(Some(ANA)).await, Refusal::Busy);
        server.door.refuses_plain.store(true, Relaxed);
        assert_eq!(refused(None).await, Refusal::Plain);
        server.door.is_stopping.store(true, Relaxed);
        assert_eq!(refused(None).await, Refusal::Stopping);
    });
}

#[test]
fn a_session_that_is_over_makes_room_for_the_next() {
    run(async {
        let mut server = Server::with_sessions_max(1).await;
        for number in 0..5 {
            // The client ends last, so that the server has to linger: the place is taken all the same.
            let (client, accepted) = server.open(Some(ANA)).await;
            let full = open(server.address, None).await.unwrap_err();
            assert!(matches!(full, OpenError::Refused(Refusal::Busy)), "{full}");

            let both =
                tokio::join!(exchange(client, pattern(10, 1)), exchange(accepted, pattern(10, number)));

            assert_eq!(both, (pattern(10, number), pattern(10, 1)));
        }
    });
}

#[test]
fn another_version_and_an_unknown_mode_are_refused_as_malformed() {
    run(async {
        let server = Server::start().await;
        let raw = Raw::new(server.address).await;
        let mut hello = encoded(&Datagram::Hello { nonce: NONCE });
        hello[1] = 2;
        let cookie = raw.cookie(NONCE).await;
        let mut odd = encoded(&Datagram::Open { nonce: NONCE, cookie: &cookie, opening: PLAIN });
        odd[30] = 7;

        for request in [hello, odd] {
            raw.0.send(&request).await.unwrap();
            let mut answer = [0; 100];
            let count = raw.0.recv(&mut answer).await.unwrap();

            let refused = encoded(&Datagram::Refused { nonce: NONCE, refusal: Refusal::Malformed });
            assert_eq!(answer[..count], refused);
        }
    });
}

#[test]
fn an_open_that_is_repeated_gets_the_same_answer_and_another_one_of_that_name_none() {
    run(async {
        let server = Server::start().await;
        let raw = Raw::new(server.address).await;
        let cookie = raw.cookie(NONCE).await;
        let asked = Datagram::Open { nonce: NONCE, cookie: &cookie, opening: PLAIN };

        let first = raw.ask(&asked).await;
        let other = Opening::Sealed { key: Secret::new(ANA).id(), noise: &[0; NOISE_BYTES] };
        raw.send(&Datagram::Open { nonce: NONCE, cookie: &cookie, opening: other }).await;
        let without = Datagram::Open { nonce: NONCE, cookie: &[0; COOKIE_BYTES], opening: PLAIN };

        assert_eq!(raw.ask(&asked).await, first, "and the other one has no answer");
        assert_eq!(raw.ask(&without).await, first, "the session is known, the cookie is not needed");
        assert_eq!(server.counters.accepted.load(Relaxed), 1);
    });
}

#[test]
fn the_first_datagrams_of_each_kind_can_be_lost() {
    run(async {
        let mut server = Server::start().await;
        let mut seen = [0; 8];
        let relay = Relay::start(server.address, move |_, datagram| {
            let kind = usize::from(datagram[0]);
            seen[kind] += 1;
            if seen[kind] == 1 { vec![] } else { vec![(0, datagram.to_vec())] }
        })
        .await;

        let (client, accepted) = server.open_by(relay.address, Some(ANA)).await;

        let both = tokio::join!(exchange(client, pattern(9, 1)), exchange(accepted, pattern(9, 2)));
        assert_eq!(both, (pattern(9, 2), pattern(9, 1)));
        assert_eq!(server.counters.accepted.load(Relaxed), 1);
    });
}

#[test]
fn a_forged_answer_does_not_keep_the_true_one_out() {
    run(async {
        let mut server = Server::start().await;
        let relay = Relay::start(server.address, |to, datagram| {
            let mut forged = datagram.to_vec();
            *forged.last_mut().unwrap() ^= 1;
            let plain = datagram.get(..18).unwrap_or(datagram).to_vec();
            match Datagram::parse(datagram) {
                // As somebody would who reads along: another key, and a session without one.
                Ok(Datagram::Accepted { .. }) if to == To::Client => {
                    vec![(0, forged), (0, plain), (0, datagram.to_vec())]
                }
                _ => vec![(0, datagram.to_vec())],
            }
        })
        .await;

        let (client, accepted) = server.open_by(relay.address, Some(ANA)).await;

        let both = tokio::join!(exchange(client, pattern(9, 1)), exchange(accepted, pattern(9, 2)));
        assert_eq!(both, (pattern(9, 2), pattern(9, 1)));
    });
}

#[test]
fn a_client_with_nothing_to_say_is_taken_all_the_same() {
    run(async {
        let mut server = Server::start().await;
        let _client = open(server.address, Some(ANA)).await.unwrap();

        let incoming = server.sessions.recv().await.unwrap();

        assert_eq!(incoming.key.unwrap().name.as_str(), "ana");
    });
}

#[test]
fn a_server_on_every_address_answers_from_the_one_that_was_asked() {
    run(async {
        let mut server = Server::bind("0.0.0.0:0", 256).await;
        let asked = SocketAddr::from(([127, 0, 0, 7], server.address.port()));

        let (client, accepted) = server.open_by(asked, Some(ANA)).await;

        let both = tokio::join!(exchange(client, pattern(9_000, 1)), exchange(accepted, pattern(9, 2)));
        assert!(both == (pattern(9, 2), pattern(9_000, 1)));
    });
}

#[test]
fn sessions_over_ipv6_are_the_same() {
    run(async {
        if let Err(error) = UdpSocket::bind("[::1]:0").await {
            return println!("SKIP: no IPv6 here: {error}");
        }
        let mut server = Server::bind("[::1]:0", 256).await;

        let (client, accepted) = server.open(Some(ANA)).await;

        let both = tokio::join!(exchange(client, pattern(9_000, 1)), exchange(accepted, pattern(9, 2)));
        assert!(both == (pattern(9, 2), pattern(9_000, 1)));
    });
}

#[test]
fn a_port_that_nobody_has_refuses() {
    run(async {
        let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();

        let refused = open(nobody, None).await.unwrap_err();

        assert!(
            matches!(&refused, OpenError::Network(error) if error.kind() == io::ErrorKind::ConnectionRefused)
        );
    });
}

#[test]
fn silence_and_nonsense_are_told_apart() {
    run(async {
        let limit = Duration::from_millis(300);
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent: SocketAddr =
            silent.local_addr().map(|address| (std::mem::forget(silent), address).1).unwrap();
        let echo = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let echoes = echo.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 100];
            while let Ok((count, peer)) = echo.recv_from(&mut buffer).await {
                echo.send_to(&buffer[..count], peer).await.unwrap();
            }
        });

        assert!(matches!(connect(silent, None, limit).await, Err(OpenError::Silent)));
        assert!(matches!(connect(echoes, None, limit).await, Err(OpenError::Malformed)));
    });
}
