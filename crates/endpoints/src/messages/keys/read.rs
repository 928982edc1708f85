//! Reading keys.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use kernel::directory::{self, Kind};
use kernel::{file, user};
use wire::key::{CLIENT_FILE_BYTES_MAX, ClientKey, ClientKeyError, KeyList, LIST_BYTES_MAX};
use zeroize::Zeroizing;

use super::KeysError;

/// Permissions that only the owner of a secret may have: those of group and others to read and to write.
const OTHERS: u32 = 0o066;

/// A file with keys.
#[derive(Debug)]
pub enum KeyFile {
    /// A client's.
    Client(ClientKey),
    /// A server's list.
    List(KeyList),
}

/// Reads the key of a client.
///
/// # Errors
/// Any [`KeysError`] but that of a list.
pub fn load_client(path: &Path) -> Result<ClientKey, KeysError> {
    parse_client(&read(path, CLIENT_FILE_BYTES_MAX)?, path)
}

/// Reads the list of a server.
///
/// # Errors
/// Any [`KeysError`] but that of a client's file.
pub fn load_list(path: &Path) -> Result<KeyList, KeysError> {
    parse_list(&read(path, LIST_BYTES_MAX)?, path)
}

/// Reads a file with keys of either kind. What does not begin as the file of a client is taken for a list.
///
/// # Errors
/// Any [`KeysError`].
pub fn load(path: &Path) -> Result<KeyFile, KeysError> {
    let text = read(path, LIST_BYTES_MAX)?;
    let mut telling =
        text.lines().filter(|line| !line.trim_ascii().is_empty() && !line.trim_ascii().starts_with('#'));
    match telling.next().map(ClientKey::parse) {
        None | Some(Err(ClientKeyError::Mark(_))) => Ok(KeyFile::List(parse_list(&text, path)?)),
        Some(_) => Ok(KeyFile::Client(parse_client(&text, path)?)),
    }
}

fn parse_client(text: &str, path: &Path) -> Result<ClientKey, KeysError> {
    ClientKey::parse(text).map_err(|cause| KeysError::Client { path: path.to_path_buf(), cause })
}

pub(super) fn parse_list(text: &str, path: &Path) -> Result<KeyList, KeysError> {
    KeyList::parse(text).map_err(|cause| KeysError::List { path: path.to_path_buf(), cause })
}

fn read(path: &Path, bytes_max: usize) -> Result<Zeroizing<String>, KeysError> {
    let opened = file::open(path).map_err(KeysError::system("open", path))?;
    read_private(&opened.into(), path, bytes_max)
}

/// Reads an open file, if nobody else can read or change it and it is not too long.
pub(super) fn read_private(
    file: &File,
    path: &Path,
    bytes_max: usize,
) -> Result<Zeroizing<String>, KeysError> {
    let status = directory::status(file).map_err(KeysError::system("fstat", path))?;
    let path_buf = || path.to_path_buf();
    if status.kind != Kind::File {
        return Err(KeysError::NotAFile { path: path_buf() });
    }
    if status.owner != user::effective() && status.owner != user::ROOT {
        return Err(KeysError::NotOurs { path: path_buf(), owner: status.owner });
    }
    if status.mode & OTHERS != 0 {
        return Err(KeysError::Exposed { path: path_buf(), mode: status.mode });
    }
    // Of its last length from the beginning: a buffer that grows leaves copies of secrets behind.
    let mut bytes = Zeroizing::new(vec![0; bytes_max + 1]);
    let count = read_up_to(file, &mut bytes).map_err(KeysError::system("read", path))?;
    if count > bytes_max {
        return Err(KeysError::TooLarge { path: path_buf(), bytes_max });
    }
    let text = str::from_utf8(&bytes[..count]).map_err(|_| KeysError::NotText { path: path_buf() })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Reads until the end of the file or of the buffer; returns how much.
fn read_up_to(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(taken) => count += taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}
