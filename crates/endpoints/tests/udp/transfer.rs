//! Bytes arrive, all of them, in order.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::relay::Relay;
use crate::support::{ANA, Server, exchange, open, pattern, run};

const MEGABYTE: usize = 1 << 20;

#[test]
fn a_megabyte_each_way_arrives_equal_sealed_and_plain() {
    run(async {
        for secret in [Some(ANA), None] {
            let mut server = Server::start().await;
            let (client, accepted) = server.open(secret).await;

            let both = tokio::join!(
                exchange(client, pattern(MEGABYTE, 1)),
                exchange(accepted, pattern(MEGABYTE, 2))
            );

            assert!(both == (pattern(MEGABYTE, 2), pattern(MEGABYTE, 1)));
        }
    });
}

#[test]
fn a_megabyte_each_way_arrives_equal_over_a_bad_network() {
    run(async {
        for (seed, secret) in [(1, Some(ANA)), (2, None)] {
            let mut server = Server::start().await;
            let relay = Relay::bad(server.address, seed, 3, 5, 5).await;
            let (client, accepted) = server.open_by(relay.address, secret).await;

            let both = tokio::join!(
                exchange(client, pattern(MEGABYTE, 1)),
                exchange(accepted, pattern(MEGABYTE, 2))
            );

            assert!(both == (pattern(MEGABYTE, 2), pattern(MEGABYTE, 1)), "seed {seed}");
        }
    });
}

#[test]
fn a_little_arrives_over_a_network_that_loses_a_third() {
    run(async {
        for seed in 1..=2 {
            let mut server = Server::start().await;
            let relay = Relay::bad(server.address, seed, 33, 20, 20).await;
            let (client, accepted) = server.open_by(relay.address, Some(ANA)).await;

            let both = tokio::join!(exchange(client, pattern(5_000, 1)), exchange(accepted, pattern(500, 2)));

            assert!(both == (pattern(500, 2), pattern(5_000, 1)), "seed {seed}");
        }
    });
}

#[test]
fn a_writer_waits_for_a_reader_and_nothing_is_lost() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, mut accepted) = server.open(Some(ANA)).await;
        let writer = tokio::spawn(async move {
            client.write_all(&pattern(2 * MEGABYTE, 7)).await.unwrap();
            client.shutdown().await.unwrap();
            client
        });
        // It has had the time of many sessions, and has not written it all.
        for _ in 0..20 {
            let (client, other) = server.open(None).await;
            tokio::join!(exchange(client, pattern(1_000, 1)), exchange(other, pattern(1_000, 2)));
        }
        assert!(!writer.is_finished());

        let mut read = Vec::new();
        accepted.read_to_end(&mut read).await.unwrap();

        assert!(read == pattern(2 * MEGABYTE, 7));
        accepted.shutdown().await.unwrap();
        writer.await.unwrap();
    });
}

#[test]
fn fifty_sessions_at_once_do_not_mix() {
    run(async {
        let mut server = Server::start().await;
        let address = server.address;
        let clients: Vec<_> = (0..50_u8)
            .map(|number| {
                tokio::spawn(async move {
                    let client = open(address, (number % 2 == 0).then_some(ANA)).await.unwrap();
                    assert!(exchange(client, pattern(20_000, number)).await == pattern(20_000, number));
                })
            })
            .collect();

        for _ in &clients {
            let (mut reading, mut writing) = tokio::io::split(server.sessions.recv().await.unwrap().stream);
            tokio::spawn(async move {
                tokio::io::copy(&mut reading, &mut writing).await.unwrap();
                writing.shutdown().await.unwrap();
            });
        }

        for client in clients {
            client.await.unwrap();
        }
    });
}
