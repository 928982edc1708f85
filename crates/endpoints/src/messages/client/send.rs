//! Sending texts and files: any number of both on one session, each confirmed by the hash of what arrived.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::task::spawn_blocking;
use wire::frame::{FrameHeader, HEADER_BYTES, Kind, StreamId};
use wire::message::{Hash, Message, ResultCode, TransferId};

use super::session::{Reply, Session, Stream, StreamResult};
use crate::messages::frames::{BrokenSession, Outbox};

/// How much of a file goes into a message.
const CHUNK_BYTES: usize = 60 << 10;

/// A file, and what it shall be called there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, without a directory.
    pub name: String,
}

/// What is told of a file that is on its way. Called from another thread.
pub trait Progress: Send + Sync {
    /// So many bytes of it have been handed over, of so many; `resumed` of them were there before.
    fn file(&self, name: &str, bytes: u64, of_bytes: u64, resumed_bytes: u64);
}

/// The receiver has it: its hash is that of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub hash: Hash,
    /// What a file is called there.
    pub stored: Option<String>,
    /// How much of it had been there before.
    pub resumed_bytes: u64,
}

/// Why something was not delivered.
#[derive(Debug, Clone, Error)]
pub enum NotDelivered {
    /// The session is over.
    #[error(transparent)]
    Broken(#[from] Arc<BrokenSession>),
    /// The server did not take it.
    #[error("the server answered: {}", .0.code)]
    Refused(StreamResult),
    /// What arrived is not what was sent.
    #[error("what arrived has another hash")]
    Altered {
        /// The hash of what was sent.
        sent: Hash,
    },
    /// The file cannot be read.
    #[error("{call}: {source}")]
    File {
        /// The call's Unix name.
        call: &'static str,
        /// What the kernel said.
        source: Arc<io::Error>,
    },
    /// The file became shorter while it was sent.
    #[error("the file changed while it was sent")]
    Changed,
}

impl NotDelivered {
    fn file(call: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { call, source: Arc::new(source) }
    }
}

/// Sends a text, and waits until it has been shown.
///
/// # Errors
/// [`NotDelivered`].
pub async fn send_text(session: &Session, text: &str) -> Result<Delivered, NotDelivered> {
    let sent = Hash(Sha256::digest(text).into());
    let result = session.stream(&Message::Text(text)).await?.result().await?;
    if result.code != ResultCode::Done {
        return Err(NotDelivered::Refused(result));
    }
    if result.hash() != Ok(sent) {
        return Err(NotDelivered::Altered { sent });
    }
    Ok(Delivered { bytes: text.len() as u64, hash: sent, stored: None, resumed_bytes: 0 })
}

/// Sends a file, from where it was cut if a part of it is there, and waits until it is on the receiver's disk.
///
/// # Errors
/// [`NotDelivered`].
pub async fn send_file(
    session: &Session,
    path: &Path,
    name: &str,
    progress: Arc<dyn Progress>,
) -> Result<Delivered, NotDelivered> {
    let source = Source::open(path)?;
    let size = source.size;
    let mut stream = session.stream(&Message::File { size, transfer: source.transfer, name }).await?;
    let source = match agree(&mut stream, source).await? {
        Agreed::Send(source) => source,
        Agreed::Ended(result) => return Err(NotDelivered::Refused(result)),
    };
    let resumed_bytes = source.at;
    let stopped = Arc::new(AtomicBool::new(false));
    let pump = Pump {
        source,
        stream: stream.id,
        outbox: stream.outbox.clone(),
        stopped: Arc::clone(&stopped),
        name: name.to_owned(),
        progress,
    };
    let pumping = spawn_blocking(move || pump.run());
    // The result comes after everything has been sent, or earlier when the server wants no more.
    let result = stream.result().await;
    stopped.store(true, Relaxed);
    let sent = pumping.await.unwrap_or(Err(NotDelivered::Changed));
    let result = result?;
    let (hash, stored) = confirmed(sent, result)?;
    Ok(Delivered { bytes: size, hash, stored: Some(stored), resumed_bytes })
}

/// The hash of a file that was sent whole and stored as it was, and its name there.
fn confirmed(
    sent: Result<Option<Hash>, NotDelivered>,
    result: StreamResult,
) -> Result<(Hash, String), NotDelivered> {
    if result.code != ResultCode::Done {
        // If this side gave up first, that is the reason.
        return Err(match sent {
            Err(error @ (NotDelivered::File { .. } | NotDelivered::Changed)) => error,
            _ => NotDelivered::Refused(result),
        });
    }
    let hash = sent?.ok_or(NotDelivered::Changed)?;
    match result.stored() {
        Ok((stored, name)) if stored == hash => Ok((hash, name.to_owned())),
        _ => Err(NotDelivered::Altered { sent: hash }),
    }
}

/// A file that is being read, and the hash of what has been.
struct Source {
    file: File,
    size: u64,
    transfer: TransferId,
    at: u64,
    hasher: Sha256,
}

impl Source {
    fn open(path: &Path) -> Result<Self, NotDelivered> {
        let file = File::open(path).map_err(NotDelivered::file("open"))?;
        let metadata = file.metadata().map_err(NotDelivered::file("fstat"))?;
        if !metadata.is_file() {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
            return Err(NotDelivered::file("open")(source));
        }
        let mut identity = Sha256::new();
        identity.update(std::path::absolute(path).unwrap_or_default().as_os_str().as_encoded_bytes());
        for number in [metadata.size(), metadata.ino()] {
            identity.update(number.to_be_bytes());
        }
        for number in [metadata.mtime(), metadata.mtime_nsec()] {
            identity.update(number.to_be_bytes());
        }
        let mut transfer = TransferId([0; 16]);
        transfer.0.copy_from_slice(&identity.finalize()[..16]);
        Ok(Self { file, size: metadata.size(), transfer, at: 0, hasher: Sha256::new() })
    }

    /// Reads and hashes up to `offset`.
    fn skip_to(mut self, offset: u64) -> Result<Self, NotDelivered> {
        let mut buffer = vec![0; CHUNK_BYTES];
        while self.at < offset {
            let most = usize::try_from(offset - self.at).unwrap_or(usize::MAX).min(buffer.len());
            let count = self.file.read(&mut buffer[..most]).map_err(NotDelivered::file("read"))?;
            if count == 0 {
                return Err(NotDelivered::Changed);
            }
            self.hasher.update(&buffer[..count]);
            self.at += count as u64;
        }
        Ok(self)
    }

    fn rewind(mut self) -> Result<Self, NotDelivered> {
        self.file.seek(SeekFrom::Start(0)).map_err(NotDelivered::file("lseek"))?;
        Ok(Self { at: 0, hasher: Sha256::new(), ..self })
    }

    fn hash(&self) -> Hash {
        Hash(self.hasher.clone().finalize().into())
    }
}

/// What both sides agreed on.
enum Agreed {
    /// The rest of this.
    Send(Source),
    /// Nothing will be sent.
    Ended(StreamResult),
}

/// Agrees with the server on where to begin.
async fn agree(stream: &mut Stream, mut source: Source) -> Result<Agreed, NotDelivered> {
    loop {
        match stream.reply().await? {
            Reply::Have(bytes) => {
                let skipping = spawn_blocking(move || source.skip_to(bytes));
                source = skipping.await.unwrap_or(Err(NotDelivered::Changed))?;
                stream.send(&Message::From { offset: bytes, hash: source.hash() }).await?;
            }
            Reply::Go(offset) if offset == source.at => return Ok(Agreed::Send(source)),
            Reply::Go(0) => return Ok(Agreed::Send(source.rewind()?)),
            Reply::Go(_) => {
                return Err(Arc::new(BrokenSession::Protocol("GO at a place that was not offered")).into());
            }
            Reply::Result(result) => return Ok(Agreed::Ended(result)),
            _ => {}
        }
    }
}

/// Reads a file and hands it over, on a thread of its own.
struct Pump {
    source: Source,
    stream: StreamId,
    outbox: Outbox,
    stopped: Arc<AtomicBool>,
    name: String,
    progress: Arc<dyn Progress>,
}

impl Pump {
    /// Returns the hash of the whole file; nothing, when the server wanted no more.
    fn run(mut self) -> Result<Option<Hash>, NotDelivered> {
        let resumed_bytes = self.source.at;
        while self.source.at < self.source.size {
            if self.stopped.load(Relaxed) {
                return Ok(None);
            }
            let frame = match self.next_frame() {
                Ok(frame) => frame,
                Err(error) => {
                    // The server shall not wait for what will not come.
                    let _ = self.outbox.send_blocking(self.stream, &Message::Cancel);
                    return Err(error);
                }
            };
            if self.outbox.send_frames_blocking(frame).is_err() {
                return Ok(None);
            }
            self.progress.file(&self.name, self.source.at, self.source.size, resumed_bytes);
        }
        let hash = self.source.hash();
        // If the session is over, whoever waits for the result learns of it.
        let _ = self.outbox.send_blocking(self.stream, &Message::End(Some(hash)));
        Ok(Some(hash))
    }

    /// Reads the next part of the file right into its frame.
    fn next_frame(&mut self) -> Result<Vec<u8>, NotDelivered> {
        let left = usize::try_from(self.source.size - self.source.at).unwrap_or(usize::MAX);
        let mut frame = self.outbox.spare();
        frame.resize(HEADER_BYTES + left.min(CHUNK_BYTES), 0);
        let count = self.source.file.read(&mut frame[HEADER_BYTES..]).map_err(NotDelivered::file("read"))?;
        if count == 0 {
            return Err(NotDelivered::Changed);
        }
        frame.truncate(HEADER_BYTES + count);
        let length = u32::try_from(count).unwrap_or(u32::MAX);
        let header = FrameHeader { kind: Kind::Data, stream: self.stream, length }.encode();
        frame[..HEADER_BYTES].copy_from_slice(&header);
        self.source.hasher.update(&frame[HEADER_BYTES..]);
        self.source.at += count as u64;
        Ok(frame)
    }
}
