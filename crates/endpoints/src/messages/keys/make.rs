//! Making a key.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use kernel::{directory, file, random};
use wire::key::{ClientKey, Commands, Grants, Key, KeyId, KeyName, LIST_BYTES_MAX, Secret};
use zeroize::Zeroizing;

use super::KeysError;
use super::read::{parse_list, read_private};

/// What a file with a secret may be: read and written by its owner.
const PRIVATE: u32 = 0o600;

/// A key that is to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// How it is called, at the client and at the server.
    pub name: KeyName,
    /// What its holder may do.
    pub grants: Grants,
    /// Which commands its holder may run, if it may run any.
    pub commands: Commands,
}

/// A key that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: KeyId,
    /// How many keys the list has now.
    pub keys: usize,
}

/// Makes a key: draws its secret, writes the file of the client and adds a line to the list of the server. If there is no
/// such list it is made.
///
/// # Errors
/// Any [`KeysError`]; then nothing was made. With `EEXIST` the file of the client exists already; with
/// [`KeysError::List`] the list is full, or was none before.
pub fn make(new: NewKey, client_file: &Path, list_file: &Path) -> Result<Made, KeysError> {
    let NewKey { name, grants, commands } = new;
    let key = Key { name, secret: draw()?, grants, commands };
    let list = List::open(list_file)?;
    let (line, keys) = list.line_for(&key)?;
    let client = ClientKey { name: key.name.clone(), secret: key.secret.clone() };
    create_private(client_file, &client.to_text())?;
    if let Err(error) = list.add(&line) {
        // Without its line in the list the file would open no door. It was made just now, so it is nobody else's.
        let _ = fs::remove_file(client_file);
        return Err(error);
    }
    Ok(Made { id: key.secret.id(), keys })
}

fn draw() -> Result<Secret, KeysError> {
    let mut bytes = Zeroizing::new([0; 32]);
    random::fill(bytes.as_mut_slice()).map_err(KeysError::Random)?;
    Ok(Secret::new(*bytes))
}

/// A list that a line is added to.
struct List<'a> {
    path: &'a Path,
    /// Nothing if there is no such file yet.
    file: Option<File>,
    text: Zeroizing<String>,
}

impl<'a> List<'a> {
    /// Opens a list, if there is one, for this process alone.
    fn open(path: &'a Path) -> Result<Self, KeysError> {
        let file: File = match file::open_to_append(path) {
            Ok(file) => file.into(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, file: None, text: Zeroizing::default() });
            }
            Err(error) => return Err(KeysError::system("open", path)(error)),
        };
        directory::lock(&file).map_err(KeysError::system("flock", path))?;
        let text = read_private(&file, path, LIST_BYTES_MAX)?;
        Ok(Self { path, file: Some(file), text })
    }

    /// The text to add for a key, and how many keys there are with it. What the list would then be is read first, so that no
    /// server finds one that it refuses.
    fn line_for(&self, key: &Key) -> Result<(Zeroizing<String>, usize), KeysError> {
        if parse_list(&self.text, self.path)?.iter().any(|listed| listed.name == key.name) {
            return Err(KeysError::NameTaken { path: self.path.to_path_buf(), name: key.name.clone() });
        }
        let end = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        let line = Zeroizing::new([end, &key.to_line(), "\n"].concat());
        let whole = Zeroizing::new([self.text.as_str(), &line].concat());
        let keys = parse_list(&whole, self.path)?.len();
        Ok((line, keys))
    }

    fn add(&self, line: &str) -> Result<(), KeysError> {
        let Some(mut file) = self.file.as_ref() else { return create_private(self.path, line) };
        let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| {
            // Half a line would make a server refuse the whole list.
            let _ = file.set_len(self.text.len() as u64);
            KeysError::system("write", self.path)(error)
        })
    }
}

/// Makes a file that did not exist and that only its owner may read and write, whatever the umask says.
fn create_private(path: &Path, text: &str) -> Result<(), KeysError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path);
    let mut file = opened.map_err(KeysError::system("open", path))?;
    let written = file
        .set_permissions(Permissions::from_mode(PRIVATE))
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = fs::remove_file(path);
        KeysError::system("write", path)(error)
    })
}
