//! What a client is given to send (exercise 2.5.4): a text and an image, where its command line and its files name them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs};

use scope::session::Change;

/// What stands for the text, and for the image.
const TEXT: &str = "{text}";
const IMAGE: &str = "{image}";

/// The name of the image in the client's directory.
const IMAGE_NAME: &str = "imagen.png";

/// How many files and directories of a program are copied; of more, the first.
const COPIED_MAX: usize = 4096;

/// How many directories with material this process has made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// A copy of a program's directory with what it is to send. Gone when this is dropped.
#[derive(Debug)]
pub(super) struct Material {
    directory: PathBuf,
    text: String,
}

impl Material {
    /// Copies the directory, and puts the image and the named files beside what is there.
    pub(super) fn new(
        text: &str,
        image: &[u8],
        files: &BTreeMap<String, String>,
        from: &Path,
    ) -> io::Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("socklab-material-{}-{number}", std::process::id()));
        fs::create_dir(&directory)?;
        let material = Self { directory, text: text.to_owned() };
        copy(from, &material.directory)?;
        fs::write(material.directory.join(IMAGE_NAME), image)?;
        for (name, content) in files {
            let content =
                if content == IMAGE { image.to_vec() } else { material.filled(content).into_bytes() };
            // A name that leads elsewhere is none of a file beside the program.
            if Path::new(name).file_name().is_some_and(|only| only == name.as_str()) {
                fs::write(material.directory.join(name), content)?;
            }
        }
        Ok(material)
    }

    /// How the program is started with it.
    pub(super) fn change(&self, command: &[String]) -> Change {
        let command = command.iter().map(|word| OsString::from(self.filled(word))).collect();
        Change { command: Some(command), directory: Some(self.directory.clone()) }
    }

    /// The word, with what stands in it for the text and the image.
    fn filled(&self, word: &str) -> String {
        word.replace(IMAGE, IMAGE_NAME).replace(TEXT, &self.text)
    }
}

impl Drop for Material {
    fn drop(&mut self) {
        // What cannot be removed is the system's to tidy: it lies among its temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Copies what is in a directory: files and directories, and no links.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut waiting = vec![(from.to_owned(), to.to_owned())];
    let mut copied = 0;
    while let Some((from, to)) = waiting.pop() {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
            copied += 1;
            if copied > COPIED_MAX {
                return Ok(());
            }
            if kind.is_dir() {
                fs::create_dir(&target)?;
                waiting.push((entry.path(), target));
            } else if kind.is_file() {
                fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_finds_what_it_is_to_send_where_its_manifest_says() {
        let program = tempfile::tempdir().unwrap();
        fs::write(program.path().join("client.py"), "print()").unwrap();
        let files = BTreeMap::from([
            ("foto.jpg".to_owned(), IMAGE.to_owned()),
            ("texto.txt".to_owned(), "<{text}>".to_owned()),
            ("../out".to_owned(), IMAGE.to_owned()),
        ]);

        let material = Material::new("hola", b"\x89PNG", &files, program.path()).unwrap();

        let change = material.change(&["python3".to_owned(), "{text}".to_owned(), "{image}".to_owned()]);
        assert_eq!(change.command, Some(vec!["python3".into(), "hola".into(), IMAGE_NAME.into()]));
        let directory = change.directory.unwrap();
        let read = |name: &str| fs::read(directory.join(name)).unwrap();
        assert_eq!((read(IMAGE_NAME), read("foto.jpg")), (b"\x89PNG".to_vec(), b"\x89PNG".to_vec()));
        assert_eq!((read("texto.txt"), read("client.py")), (b"<hola>".to_vec(), b"print()".to_vec()));
        assert!(!directory.parent().unwrap().join("out").exists());

        drop(material);
        assert!(!directory.exists());
    }
}
