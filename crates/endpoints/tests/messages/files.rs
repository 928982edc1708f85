//! Files on their way into the inbox.

use std::fs;

use endpoints::messages::client::send::{send_file, send_text};
use endpoints::transport::Transport;

use crate::support::{ANA, Server, listed, pattern, run, unwatched};

#[test]
fn texts_and_files_arrive_equal_on_one_connection() {
    let server = Server::start(|_| {});
    let content = pattern(3_000_000);
    let path = server.file("image.png", &content);

    for secret in [Some(ANA), None] {
        run(async {
            let session = server.open(Transport::Tcp, secret).await;
            let (text, file) = tokio::join!(
                send_text(&session, "hola"),
                send_file(&session, &path, "image.png", unwatched())
            );
            assert_eq!(text.unwrap().bytes, 4);
            assert_eq!(file.unwrap().bytes, 3_000_000);
            session.close().await;
        });
    }

    assert_eq!(fs::read(server.inbox().join("image.png")).unwrap(), content);
    assert_eq!(listed(&server.inbox()), ["image.png"]);
    assert_eq!(server.stop().sessions, 2);
}
