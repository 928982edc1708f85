//! 1.5.2: a server that serves some addresses only.

use std::net::{IpAddr, Ipv4Addr};

use super::shared::udp::{NO_TEXT, comes_back};
use super::shared::{rests, starts};
use crate::check::trial::{Trial, UdpPeer};
use crate::check::{Ability, Excerpt, Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("served", served).after(&["starts"]),
    Requirement::of_server("any-port", any_port).after(&["served"]),
    Requirement::of_server("denied-survives", denied_survives).after(&["served"]),
    Requirement::of_server("denied-silent", denied_silent).after(&["denied-survives"]),
    Requirement::of_server("near-miss", near_miss)
        .after(&["denied-silent"])
        .taking(&[Ability::Networks])
        .hidden(),
    Requirement::of_server("many-denied", many_denied).after(&["denied-survives"]).hidden(),
    Requirement::of_server("raw-bytes", raw_bytes).after(&["denied-survives"]).robust(),
    Requirement::of_server("idle", idle).after(&["served"]).robust(),
];

/// How many datagrams of strangers a server has to bear.
const MANY: usize = 200;

/// How many of them are sent before somebody else asks, so that none is lost for want of room.
const AT_ONCE: usize = 20;

/// An address that is allowed gets its echo.
fn served(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    for address in allowed(trial) {
        comes_back(&from(trial, address)?, &trial.nonce(11))?;
    }
    Ok(())
}

/// From whichever port.
fn any_port(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peers = [known(trial)?, known(trial)?, known(trial)?];
    for peer in &peers {
        comes_back(peer, &trial.nonce(11))?;
    }
    comes_back(&peers[0], &trial.nonce(11)).map(drop)
}

/// A stranger gets nothing.
fn denied_silent(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let stranger = stranger(trial)?;
    stranger.send(&trial.nonce(11))?;
    trial.expect_silence(&stranger)
}

/// A stranger does not end the server, nor stop it.
fn denied_survives(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    stranger(trial)?.send(&trial.nonce(11))?;
    comes_back(&known(trial)?, &trial.nonce(11)).map(drop)
}

/// An address that looks like an allowed one is a stranger's.
fn near_miss(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let allowed = allowed(trial);
    let near =
        allowed.iter().flat_map(|address| alike(*address)).filter(|address| !allowed.contains(address));
    let peers = near.map(|address| from(trial, address)).collect::<Result<Vec<_>, _>>()?;
    for peer in &peers {
        peer.send(&trial.nonce(11))?;
    }
    trial.settle()?;
    for peer in &peers {
        if let Some(answer) = peer.look()? {
            let answer = Told::Bytes(Excerpt::of(&answer.bytes));
            return Err(Problem::failed(Told::Nothing, answer));
        }
    }
    Ok(())
}

/// Many strangers, and one that says nothing, do not stop the server.
fn many_denied(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let [stranger, known] = [stranger(trial)?, known(trial)?];
    for sent in 1..=MANY {
        stranger.send(&trial.nonce(11))?;
        if sent % AT_ONCE == 0 {
            comes_back(&known, &trial.nonce(11))?;
        }
    }
    stranger.send(b"")?;
    comes_back(&known, &trial.nonce(11)).map(drop)
}

/// Bytes of a stranger that are no text do not end the server.
fn raw_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    stranger(trial)?.send(NO_TEXT)?;
    comes_back(&known(trial)?, &trial.nonce(11)).map(drop)
}

/// With nothing to do, it waits.
fn idle(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    comes_back(&known(trial)?, &trial.nonce(11))?;
    rests(trial)
}

/// The addresses that the program serves, as its manifest says.
fn allowed(trial: &Trial) -> Vec<IpAddr> {
    let said = &trial.manifest().server.allowed;
    if said.is_empty() { vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] } else { said.clone() }
}

/// A peer at an address that is allowed.
fn known(trial: &Trial) -> Result<UdpPeer, Problem> {
    let address = allowed(trial).first().copied().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    from(trial, address)
}

/// A peer at another one, which is like none of them.
fn stranger(trial: &Trial) -> Result<UdpPeer, Problem> {
    let allowed = allowed(trial);
    let others = (2..=254).map(|host| IpAddr::V4(Ipv4Addr::new(127, 77, 66, host)));
    let address = others.into_iter().find(|address| !allowed.contains(address));
    trial.udp_from(address.unwrap_or(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))))
}

fn from(trial: &Trial, address: IpAddr) -> Result<UdpPeer, Problem> {
    if !address.is_loopback() {
        trial.add_address(address)?;
    }
    trial.udp_from(address)
}

/// Addresses whose text begins with that of this one, is its beginning, or its end.
fn alike(address: IpAddr) -> Vec<IpAddr> {
    let text = address.to_string();
    let longer = ["0", "1", "23"].iter().map(|more| format!("{text}{more}"));
    let shorter = [1].iter().map(|less| text[..text.len() - less].to_owned());
    let all = longer.chain(shorter).filter_map(|text| text.parse().ok());
    all.filter(|near: &IpAddr| !near.is_unspecified() && near.is_loopback() == address.is_loopback())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_begin_alike() {
        let near = |text: &str| {
            let near: Vec<String> = alike(text.parse().unwrap()).iter().map(ToString::to_string).collect();
            near.join(" ")
        };

        assert_eq!(near("127.0.0.1"), "127.0.0.10 127.0.0.11 127.0.0.123");
        assert_eq!(near("10.20.30.40"), "10.20.30.4");
        assert_eq!(near("127.0.0.25"), "127.0.0.250 127.0.0.251 127.0.0.2");
    }
}
