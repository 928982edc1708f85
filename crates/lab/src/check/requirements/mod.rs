//! What each exercise asks, in the practical's order.
//!
//! A folder has an exercise: what is asked, one short function each, and beside it the texts that say it to a student (`en.md`,
//! `es.md`). What several exercises ask is in `shared`.

mod address_filter;
mod capture_tcp;
mod capture_udp;
mod chat_turns;
mod echo_tcp;
mod echo_udp;
mod listen_backlog;
mod no_server;
mod remote_command;
mod remote_stop;
mod shared;
mod short_receive;
mod short_send;
pub(super) mod signs;
mod text_and_image;
mod truncation;

use super::{Requirement, Role};
use crate::exercise::Exercise;

/// Returns the requirements of an exercise, in the order in which they are told.
pub fn of(exercise: Exercise) -> &'static [Requirement] {
    match exercise {
        Exercise::EchoUdp => echo_udp::REQUIREMENTS,
        Exercise::CaptureUdp => capture_udp::REQUIREMENTS,
        Exercise::NoServer => no_server::REQUIREMENTS,
        Exercise::AddressFilter => address_filter::REQUIREMENTS,
        Exercise::Truncation => truncation::REQUIREMENTS,
        Exercise::Chat => chat_turns::REQUIREMENTS,
        Exercise::RemoteStop => remote_stop::REQUIREMENTS,
        Exercise::RemoteCommand => remote_command::REQUIREMENTS,
        Exercise::EchoTcp => echo_tcp::REQUIREMENTS,
        Exercise::CaptureTcp => capture_tcp::REQUIREMENTS,
        Exercise::ListenBacklog => listen_backlog::REQUIREMENTS,
        Exercise::ShortSend => short_send::REQUIREMENTS,
        Exercise::ShortReceive => short_receive::REQUIREMENTS,
        Exercise::TextAndImage => text_and_image::REQUIREMENTS,
    }
}

/// Returns those of them that can be put to programs of these roles: with a pair, also what is asked of each by itself.
pub fn of_programs(exercise: Exercise, roles: &[Role]) -> Vec<&'static Requirement> {
    let can = |requirement: &&Requirement| requirement.whose.roles().iter().all(|role| roles.contains(role));
    of(exercise).iter().filter(can).collect()
}

/// Returns one of them by its name.
pub fn find(exercise: Exercise, id: &str) -> Option<&'static Requirement> {
    of(exercise).iter().find(|requirement| requirement.id == id)
}

/// Returns those of an exercise that have these names, and those that they need, in the order in which they are told.
pub fn with_needs(exercise: Exercise, ids: &[String]) -> Vec<&'static Requirement> {
    let mut chosen = Vec::new();
    // What a requirement needs stands before it.
    for requirement in of(exercise).iter().rev() {
        let is_needed = chosen.iter().any(|other: &&Requirement| other.needs.contains(&requirement.id));
        if is_needed || ids.iter().any(|id| id == requirement.id) {
            chosen.push(requirement);
        }
    }
    chosen.reverse();
    chosen
}

/// Returns the texts beside an exercise's requirements, in English and in Spanish.
pub fn texts(exercise: Exercise) -> [&'static str; 2] {
    match exercise {
        Exercise::EchoUdp => echo_udp::TEXTS,
        Exercise::CaptureUdp => capture_udp::TEXTS,
        Exercise::NoServer => no_server::TEXTS,
        Exercise::AddressFilter => address_filter::TEXTS,
        Exercise::Truncation => truncation::TEXTS,
        Exercise::Chat => chat_turns::TEXTS,
        Exercise::RemoteStop => remote_stop::TEXTS,
        Exercise::RemoteCommand => remote_command::TEXTS,
        Exercise::EchoTcp => echo_tcp::TEXTS,
        Exercise::CaptureTcp => capture_tcp::TEXTS,
        Exercise::ListenBacklog => listen_backlog::TEXTS,
        Exercise::ShortSend => short_send::TEXTS,
        Exercise::ShortReceive => short_receive::TEXTS,
        Exercise::TextAndImage => text_and_image::TEXTS,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::text::{Kind, sections};

    /// What the name of a heading ends with under which the concept stands.
    const CONCEPT: &str = ":concept";

    #[test]
    fn every_requirement_has_its_texts_in_both_languages_and_nothing_else_has() {
        for exercise in Exercise::ALL {
            let asked = of(exercise).iter().flat_map(|it| [it.id.to_owned(), format!("{}{CONCEPT}", it.id)]);
            let asked: Vec<_> = asked.collect();
            for (language, text) in ["en", "es"].into_iter().zip(texts(exercise)) {
                let sections = sections(&format!("{exercise}/{language}.md"), text).unwrap();
                let told: Vec<_> = sections.iter().skip(1).filter_map(|section| section.id.clone()).collect();

                assert_eq!(told, asked, "{exercise}/{language}.md");
                for section in &sections[1..] {
                    let level = if section.id.as_ref().unwrap().ends_with(CONCEPT) { 3 } else { 2 };
                    assert_eq!(section.level, level, "{exercise}/{language}.md:{}", section.line);
                    let first = section.parts.first().map(|part| &part.kind);
                    assert_eq!(first, Some(&Kind::Paragraph), "{exercise}/{language}.md:{}", section.line);
                }
            }
        }
    }

    #[test]
    fn a_name_is_given_once_in_an_exercise() {
        for exercise in Exercise::ALL {
            let names: BTreeSet<_> = of(exercise).iter().map(|requirement| requirement.id).collect();

            assert_eq!(names.len(), of(exercise).len(), "{exercise}");
            assert!(!names.is_empty(), "{exercise}");
        }
    }

    #[test]
    fn what_a_requirement_needs_stands_before_it_and_is_of_the_same_programs() {
        for exercise in Exercise::ALL {
            for (index, requirement) in of(exercise).iter().enumerate() {
                for needed in requirement.needs {
                    let before = of(exercise)[..index].iter().find(|before| before.id == *needed);
                    let whose = before.map(|before| before.whose);
                    assert_eq!(whose, Some(requirement.whose), "{exercise}/{}: {needed}", requirement.id);
                }
            }
        }
    }

    #[test]
    fn a_requirement_is_chosen_with_those_that_it_needs_and_that_those_need() {
        let chosen = |ids: &[&str]| {
            let ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
            with_needs(Exercise::AddressFilter, &ids).into_iter().map(|it| it.id).collect::<Vec<_>>()
        };

        assert_eq!(chosen(&["idle"]), ["starts", "served", "idle"]);
        assert_eq!(
            chosen(&["near-miss", "starts"]),
            ["starts", "served", "denied-survives", "denied-silent", "near-miss"]
        );
        assert!(chosen(&["other"]).is_empty());
    }

    #[test]
    fn a_pair_is_asked_what_each_is_asked_by_itself() {
        let both = of_programs(Exercise::EchoUdp, &[Role::Server, Role::Client]);

        assert_eq!(both.len(), of(Exercise::EchoUdp).len());
        let client = of_programs(Exercise::EchoUdp, &[Role::Client]);
        assert!(client.iter().all(|requirement| requirement.whose.roles() == [Role::Client]));
    }
}
