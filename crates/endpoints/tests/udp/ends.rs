//! How sessions end, and what each side sees of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use endpoints::messages::udp::End;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::relay::Relay;
use crate::support::{ANA, Server, pattern, run};

#[test]
fn an_orderly_end_is_seen_as_one_on_both_sides() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, mut accepted) = server.open(Some(ANA)).await;
        client.write_all(b"hello").await.unwrap();
        client.shutdown().await.unwrap();
        let mut read = Vec::new();
        accepted.read_to_end(&mut read).await.unwrap();
        assert_eq!((read.as_slice(), accepted.end()), (&b"hello"[..], None), "it can still answer");
        accepted.write_all(b"goodbye").await.unwrap();
        accepted.shutdown().await.unwrap();
        let mut read = Vec::new();
        client.read_to_end(&mut read).await.unwrap();

        assert_eq!(read, b"goodbye");
        assert_eq!((client.end(), accepted.end()), (Some(End::Finished), Some(End::Finished)));
        assert_eq!(client.write(b"more").await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "and again");
    });
}

#[test]
fn a_stream_that_is_dropped_before_its_end_breaks_the_session_off() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, accepted) = server.open(Some(ANA)).await;
        client.write_all(b"hello").await.unwrap();

        drop(accepted);

        let error = client.read(&mut [0]).await.unwrap_err();
        assert_eq!((error.kind(), client.end()), (io::ErrorKind::ConnectionReset, Some(End::Reset)));
        assert_eq!(client.write(b"x").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(client.shutdown().await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_stream_that_was_shut_down_and_dropped_is_delivered_whole() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, mut accepted) = server.open(Some(ANA)).await;
        let sends = tokio::spawn(async move {
            client.write_all(&pattern(1 << 20, 1)).await.unwrap();
            client.shutdown().await.unwrap();
        });

        let mut read = Vec::new();
        accepted.read_to_end(&mut read).await.unwrap();
        sends.await.unwrap();

        assert!(read == pattern(1 << 20, 1));
        // Nobody reads there any more, and it is told so.
        let mut refused = accepted.write_all(&pattern(1 << 20, 2)).await;
        if refused.is_ok() {
            refused = accepted.shutdown().await;
        }
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_server_that_is_gone_is_seen_when_something_is_sent() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, accepted) = server.open(Some(ANA)).await;
        server.task.abort();
        let _ = (&mut server.task).await;

        let error = loop {
            if let Err(error) = client.write_all(b"anybody?").await {
                break error;
            }
            tokio::task::yield_now().await;
        };

        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert!(matches!(client.end(), Some(End::Refused(_))), "{client:?}");
        assert_eq!(client.read(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        drop(accepted);
    });
}

#[test]
fn sessions_of_a_listener_that_is_dropped_do_not_wait_for_ever() {
    run(async {
        let mut server = Server::start().await;
        let (_client, mut accepted) = server.open(None).await;

        server.task.abort();

        assert_eq!(accepted.read(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    });
}

#[test]
fn a_listener_ends_when_nobody_takes_sessions_and_the_last_one_is_over() {
    run(async {
        let mut server = Server::start().await;
        let (mut client, mut accepted) = server.open(Some(ANA)).await;
        drop(server.sessions);

        // The server ends last, and so needs not linger.
        client.shutdown().await.unwrap();
        accepted.read_to_end(&mut Vec::new()).await.unwrap();
        accepted.shutdown().await.unwrap();

        server.task.await.unwrap();
    });
}

#[test]
fn a_peer_that_is_silent_is_gone_after_a_while() {
    // One thread and a clock that stands still while anything can be done, so that half a minute is over at once.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut server = Server::start().await;
        let is_cut = Arc::new(AtomicBool::new(false));
        let cut = Arc::clone(&is_cut);
        let plan = move |_, datagram: &[u8]| {
            if cut.load(Relaxed) { vec![] } else { vec![(0, datagram.to_vec())] }
        };
        let relay = Relay::start(server.address, plan).await;
        let (mut client, mut accepted) = server.open_by(relay.address, Some(ANA)).await;
        client.write_all(b"x").await.unwrap();
        accepted.read_exact(&mut [0]).await.unwrap();
        is_cut.store(true, Relaxed);
        client.write_all(b"y").await.unwrap();
        tokio::time::pause();

        assert_eq!(client.read(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(client.end(), Some(End::Gone));
        assert_eq!(accepted.end(), None, "nothing is due there");
        assert_eq!(server.counters.live.load(Relaxed), 1);
    });
}
