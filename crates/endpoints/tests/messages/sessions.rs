//! Who is let in, and what a session may ask.

use endpoints::messages::client::send::{NotDelivered, send_text};
use endpoints::messages::client::{OpenError, stop};
use endpoints::messages::serve::{CloseReason, Event};
use endpoints::transport::Transport;
use wire::message::{Refusal, ResultCode};

use crate::support::{ANA, BEA, Server, run};

const TCP: Transport = Transport::Tcp;

#[test]
fn a_text_arrives_by_a_key_and_without_one() {
    let mut server = Server::start(|_| {});

    for (secret, name) in [(Some(ANA), Some("ana")), (None, None)] {
        let sent = run(async {
            let session = server.open(TCP, secret).await;
            let sent = send_text(&session, "¡Hola, Mundo!").await.unwrap();
            session.close().await;
            sent
        });
        let (who, text, sha256) = server.event(|event| match event {
            Event::Text { who, text, sha256, .. } => Some((who.clone(), text.clone(), sha256.clone())),
            _ => None,
        });
        assert_eq!((who.key.as_deref(), text.as_str()), (name, "¡Hola, Mundo!"));
        assert_eq!(sha256, sent.hash.to_string());
        let reason = server.event(|event| match event {
            Event::Closed { reason, .. } => Some(*reason),
            _ => None,
        });
        assert_eq!(reason, CloseReason::Done);
    }
}

#[test]
fn a_wrong_secret_and_an_unknown_key_are_refused_alike() {
    let server = Server::start(|config| config.plain = false);

    let unknown = run(server.refused(TCP, Some([9; 32])));
    let plain = run(server.refused(TCP, None));

    assert!(matches!(unknown, OpenError::Refused { refusal: Refusal::Key, .. }), "{unknown}");
    assert!(matches!(plain, OpenError::Refused { refusal: Refusal::Plain, .. }), "{plain}");
    assert_eq!(server.stop().refused, 2);
}

#[test]
fn what_a_key_does_not_grant_is_denied_and_the_session_goes_on() {
    let server = Server::start(|_| {});

    run(async {
        for secret in [Some(BEA), None] {
            let session = server.open(TCP, secret).await;
            assert_eq!(stop::stop(&session, |_, _| {}).await.unwrap().code, ResultCode::Denied);
            assert!(send_text(&session, "still here").await.is_ok());
            session.close().await;
        }
    });

    assert_eq!(server.stop().denied, 2);
}

#[test]
fn a_stop_is_answered_when_all_is_finished_and_then_the_server_ends() {
    let server = Server::start(|_| {});
    let result = run(async {
        let session = server.open(TCP, Some(ANA)).await;
        let result = stop::stop(&session, |_, _| {}).await.unwrap();
        let after = send_text(&session, "too late").await;
        assert!(
            matches!(&after, Err(NotDelivered::Refused(result)) if result.code == ResultCode::Stopping)
                || matches!(&after, Err(NotDelivered::Broken(_))),
            "{after:?}"
        );
        session.close().await;
        result
    });

    assert_eq!(result.code, ResultCode::Done);
    assert_eq!(server.ended().open_sessions, 0);
}
