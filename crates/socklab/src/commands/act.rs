//! `socklab act NAME DESCRIPTOR`: what a stage starts for each actor of a scene, and nobody types.
//!
//! The script is read from an inherited descriptor, so that the recording of an actor has a command that can be read. As with
//! `socklab stage`, nothing else is made before: what an actor does is what its script says.

use std::ffi::OsString;
use std::io::{self, Read};

use lab::actor::{self, Part};
use lab::experiments::ACTOR_VERB;

use crate::exit::Exit;

/// Whether these arguments, the name of the program among them, ask for it. Returns the descriptor of the script.
pub(crate) fn is_asked(arguments: &[OsString]) -> Option<i32> {
    match arguments {
        [_, verb, _name, descriptor] if verb == ACTOR_VERB => descriptor.to_str()?.parse().ok(),
        _ => None,
    }
}

/// Does what the script says.
pub(crate) fn run(descriptor: i32) -> Exit {
    match read(descriptor).and_then(|part| actor::act(&part)) {
        Ok(0) => Exit::Done,
        Ok(code) => Exit::Remote(code),
        Err(_) => Exit::Usage,
    }
}

fn read(descriptor: i32) -> io::Result<Part> {
    let script = std::fs::File::from(kernel::streams::inherited(descriptor)?);
    let mut text = Vec::new();
    script.take(actor::SCRIPT_BYTES_MAX).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}
