//! 1.5.4: a chat.

use super::shared::{rests, said_otherwise, says, starts};
use crate::check::trial::{Guest, Trial, UdpPeer, UdpServer};
use crate::check::{Ability, Exit, Failure, Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server, of a client, and of both.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("prints-first", prints_first).after(&["starts"]),
    Requirement::of_server("sends-line", sends_line).after(&["prints-first"]),
    Requirement::of_server("rounds", rounds).after(&["sends-line"]),
    Requirement::of_server("last-sender", last_sender).after(&["rounds"]),
    Requirement::of_server("two-messages", two_messages).after(&["rounds"]).robust(),
    Requirement::of_server("long-line", long_line).after(&["sends-line"]).robust(),
    Requirement::of_server("end-of-input", end_of_input).after(&["prints-first"]).robust(),
    Requirement::of_client("line-arrives", line_arrives),
    Requirement::of_client("prints-reply", prints_reply).after(&["line-arrives"]),
    Requirement::of_client("client-rounds", client_rounds).after(&["prints-reply"]),
    Requirement::of_client("readable", readable).after(&["prints-reply"]),
    Requirement::of_client("client-end-of-input", client_end_of_input).after(&["prints-reply"]).robust(),
    Requirement::of_pair("together", together).taking(&[Ability::Networks]),
    Requirement::of_pair("enter-alone", enter_alone)
        .after(&["together"])
        .taking(&[Ability::Networks])
        .robust(),
];

/// How often both speak.
const ROUNDS: usize = 3;

/// A line that is longer than the practical's buffer, and shorter than what a terminal takes.
const LONG_CHARACTERS: usize = 1500;

/// What a client says is printed before the operator is asked.
fn prints_first(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    hears(trial, &trial.udp()?)
}

/// The line that the operator types is sent to the client.
fn sends_line(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    round(trial, &trial.udp()?)
}

/// To the one that spoke last.
fn last_sender(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let [one, other] = [trial.udp()?, trial.udp()?];
    round(trial, &one)?;
    round(trial, &other)?;
    round(trial, &one)
}

/// Time and again.
fn rounds(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    (0..ROUNDS).try_for_each(|_| round(trial, &peer))
}

/// Two messages in a row are both printed, and two lines both sent.
fn two_messages(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let [first, second] = [word(trial), word(trial)];
    peer.send(first.as_bytes())?;
    peer.send(second.as_bytes())?;
    for said in [first, second] {
        expect_output(&trial.server()?, &said)?;
        types(trial, &peer)?;
    }
    Ok(())
}

/// A long line arrives whole, in both directions.
fn long_line(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let said = String::from_utf8_lossy(&trial.nonce(LONG_CHARACTERS)).into_owned();
    peer.send(said.as_bytes())?;
    expect_output(&trial.server()?, &said)?;
    let typed = String::from_utf8_lossy(&trial.nonce(LONG_CHARACTERS)).into_owned();
    trial.type_line(&typed)?;
    expect_line(&peer, &typed)
}

/// When the operator ends the input, it ends or waits, and does not spin.
fn end_of_input(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    hears(trial, &trial.udp()?)?;
    ends_or_rests(trial)
}

/// What is typed arrives.
fn line_arrives(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    says_to(trial, &server, None)
}

/// What is answered is printed.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    says_to(trial, &server, Some(&word(trial)))
}

/// Time and again.
fn client_rounds(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    (0..ROUNDS).try_for_each(|_| says_to(trial, &server, Some(&word(trial))))
}

/// Letters of several bytes are printed as letters.
fn readable(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    says_to(trial, &server, Some(&format!("ñandú-{}", word(trial))))
}

/// When the input ends, the client ends or waits, and does not spin.
fn client_end_of_input(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    says_to(trial, &server, Some(&word(trial)))?;
    ends_or_rests(trial)
}

/// Both together: what each types, the other prints.
fn together(trial: &mut Trial) -> Result<(), Problem> {
    let [server, client] = both(trial)?;
    for _ in 0..ROUNDS {
        for [speaker, hearer] in [[&client, &server], [&server, &client]] {
            let line = word(trial);
            speaker.type_line(&line)?;
            expect_output(hearer, &line)?;
        }
    }
    Ok(())
}

/// The Enter key alone does not make both wait for each other for ever.
fn enter_alone(trial: &mut Trial) -> Result<(), Problem> {
    let [server, client] = both(trial)?;
    client.type_line("")?;
    trial.settle()?;
    let [asked, answered] = [word(trial), word(trial)];
    server.type_line(&answered)?;
    client.type_line(&asked)?;
    if client.wait_output(|output| says(output, &answered))? {
        return Ok(());
    }
    expect_output(&server, &asked)
}

fn both(trial: &Trial) -> Result<[Guest; 2], Problem> {
    let [server, client] = [trial.server()?, trial.client()?];
    server.start()?;
    client.start()?;
    Ok([server, client])
}

/// A client speaks, and the operator answers. Whoever speaks next does when the program waits again: what comes before that is another
/// matter (`two-messages`).
fn round(trial: &Trial, peer: &UdpPeer) -> Result<(), Problem> {
    hears(trial, peer)?;
    types(trial, peer)?;
    trial.settle()
}

fn hears(trial: &Trial, peer: &UdpPeer) -> Result<(), Problem> {
    let said = word(trial);
    peer.send(said.as_bytes())?;
    expect_output(&trial.program()?, &said)
}

fn types(trial: &Trial, peer: &UdpPeer) -> Result<(), Problem> {
    let line = word(trial);
    trial.type_line(&line)?;
    expect_line(peer, &line)
}

/// The line comes, whatever stands around it.
fn expect_line(peer: &UdpPeer, line: &str) -> Result<(), Problem> {
    let came = peer.receive()?.map(|reply| reply.bytes).unwrap_or_default();
    let is_there = String::from_utf8_lossy(&came).contains(line);
    if is_there { Ok(()) } else { Err(Failure::of_bytes(line.as_bytes(), &came).into()) }
}

/// The operator of a client speaks, and is answered if there is an answer.
fn says_to(trial: &Trial, server: &UdpServer, answer: Option<&str>) -> Result<(), Problem> {
    let line = word(trial);
    trial.type_line(&line)?;
    let came = server.expect_any()?;
    if !String::from_utf8_lossy(&came.bytes).contains(&line) {
        return Err(Failure::of_bytes(line.as_bytes(), &came.bytes).into());
    }
    let Some(answer) = answer else { return Ok(()) };
    server.reply(&came, answer.as_bytes())?;
    expect_output(&trial.program()?, answer)
}

fn ends_or_rests(trial: &Trial) -> Result<(), Problem> {
    trial.end_of_input()?;
    trial.settle()?;
    if !trial.is_alive()? {
        return Ok(());
    }
    // At a terminal the end comes once for each key; from a file or a closed terminal it would come again and again.
    match trial.blocked_in()? {
        Some(blocked) if blocked.call == "read" && blocked.values[0] == 0 => {
            Err(Problem::failed(Told::Ended(Exit::with_code(0)), Told::Blocked(blocked)))
        }
        _ => rests(trial),
    }
}

fn expect_output(guest: &Guest, text: &str) -> Result<(), Problem> {
    if guest.wait_output(|output| says(output, text))? {
        return Ok(());
    }
    Err(said_otherwise(text.as_bytes(), &guest.output()?.text()))
}

/// Something that nobody has said before.
fn word(trial: &Trial) -> String {
    String::from_utf8_lossy(&trial.nonce(12)).into_owned()
}
