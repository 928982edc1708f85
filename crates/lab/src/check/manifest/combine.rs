//! Puts the student's part and the teacher's together.

use super::{
    Grade, GradePart, HINT_LEVEL_MAX, Manifest, Part, Protocol, ProtocolPart, STUDENT_TIMEOUT_SCALE_MAX,
    Side, SidePart,
};

/// What a check was told, and what of the student's part was not followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// What is meant.
    pub manifest: Manifest,
    /// What was passed over, in the order of the file; empty as a rule.
    pub notices: Vec<Notice>,
}

/// Something in a student's manifest that is the teacher's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Time limits were to be longer than [`STUDENT_TIMEOUT_SCALE_MAX`] times as long; they are so long.
    TimeoutScale,
    /// It said that robustness does not count, and the teacher says that it does.
    Strict,
    /// Hints were to give more away than the teacher lets them.
    HintLevel,
    /// It gave points.
    Points,
    /// It hid requirements.
    Hide,
}

/// Makes of the student's part and the teacher's what is meant: the teacher's wins, and where neither speaks, the practical's values
/// hold.
///
/// Whatever a student writes, no time limit is more than [`STUDENT_TIMEOUT_SCALE_MAX`] times as long, nothing is worth more or less,
/// and nothing that decides stops deciding.
pub fn combine(student: Option<&Part>, teacher: Option<&Part>) -> Combined {
    let nothing = Part::default();
    let (student, teacher) = (student.unwrap_or(&nothing), teacher.unwrap_or(&nothing));
    let mut notices = Vec::new();
    let timeout_scale = timeout_scale(student.timeout_scale, teacher.timeout_scale, &mut notices);
    let manifest = Manifest {
        exercise: teacher.exercise.or(student.exercise),
        timeout_scale,
        build: teacher.build.clone().or_else(|| student.build.clone()),
        server: side(&student.server, &teacher.server),
        client: side(&student.client, &teacher.client),
        protocol: protocol(&student.protocol, &teacher.protocol),
        grade: grade(&student.grade, &teacher.grade, &mut notices),
    };
    Combined { manifest, notices }
}

fn timeout_scale(student: Option<f64>, teacher: Option<f64>, notices: &mut Vec<Notice>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let most = STUDENT_TIMEOUT_SCALE_MAX as f64;
    let asked = student.unwrap_or(1.0);
    if asked > most && teacher.is_none() {
        notices.push(Notice::TimeoutScale);
    }
    teacher.unwrap_or_else(|| asked.min(most))
}

fn side(student: &SidePart, teacher: &SidePart) -> Side {
    let usual = Side::default();
    Side {
        run: teacher.run.clone().or_else(|| student.run.clone()),
        host: teacher.host.or(student.host).unwrap_or(usual.host),
        port: teacher.port.or(student.port).unwrap_or(usual.port),
        ready: teacher.ready.clone().or_else(|| student.ready.clone()).unwrap_or(usual.ready),
        allowed: teacher.allowed.clone().or_else(|| student.allowed.clone()).unwrap_or_default(),
        output: teacher.output.clone().or_else(|| student.output.clone()),
        text_in: teacher.text_in.clone().or_else(|| student.text_in.clone()).unwrap_or_default(),
        one_shot: teacher.one_shot.or(student.one_shot).unwrap_or(usual.one_shot),
        stdin: teacher.stdin.or(student.stdin),
        files: teacher.files.clone().or_else(|| student.files.clone()).unwrap_or_default(),
    }
}

fn protocol(student: &ProtocolPart, teacher: &ProtocolPart) -> Protocol {
    Protocol {
        encoding: teacher.encoding.or(student.encoding).unwrap_or_default(),
        shutdown: teacher.shutdown.clone().or_else(|| student.shutdown.clone()),
        shutdown_reply: teacher.shutdown_reply.clone().or_else(|| student.shutdown_reply.clone()),
        command: teacher.command.clone().or_else(|| student.command.clone()),
        status: teacher.status.clone().or_else(|| student.status.clone()).unwrap_or_default(),
        framing: teacher.framing.clone().or_else(|| student.framing.clone()),
        message: teacher.message.clone().or_else(|| student.message.clone()),
        first: teacher.first.or(student.first).unwrap_or_default(),
    }
}

/// A student may ask for more than the teacher does, never for less.
fn grade(student: &GradePart, teacher: &GradePart, notices: &mut Vec<Notice>) -> Grade {
    let wants_less = student.strict == Some(false) && teacher.strict == Some(true);
    let level = teacher.hint_level_max.unwrap_or(HINT_LEVEL_MAX);
    let wants_more_hints = student.hint_level_max.is_some_and(|asked| asked > level);
    notices.extend(wants_less.then_some(Notice::Strict));
    notices.extend(wants_more_hints.then_some(Notice::HintLevel));
    notices.extend(student.points.is_some().then_some(Notice::Points));
    notices.extend(student.hide.is_some().then_some(Notice::Hide));
    Grade {
        strict: student.strict == Some(true) || teacher.strict == Some(true),
        hint_level_max: student.hint_level_max.map_or(level, |asked| asked.min(level)),
        points: teacher.points.clone().unwrap_or_default(),
        hide: teacher.hide.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::manifest::read;

    #[test]
    fn where_nobody_speaks_the_practicals_values_hold() {
        let Combined { manifest, notices } = combine(None, None);

        assert_eq!((manifest.server.host.to_string().as_str(), manifest.server.port), ("127.0.0.1", 3500));
        assert!((1.0..1.1).contains(&manifest.timeout_scale));
        assert_eq!(manifest.grade.hint_level_max, 3);
        assert!(!manifest.grade.strict && notices.is_empty());
    }

    #[test]
    fn the_teachers_part_wins_and_the_students_holds_where_it_is_silent() {
        let student = read("timeout_scale = 3\n[server]\nport = 4000\nhost = \"127.0.0.9\"").unwrap();
        let teacher = read("timeout_scale = 1.5\n[server]\nport = 5000").unwrap();
        let Combined { manifest, notices } = combine(Some(&student), Some(&teacher));

        assert_eq!((manifest.server.host.to_string().as_str(), manifest.server.port), ("127.0.0.9", 5000));
        assert!((1.5..1.6).contains(&manifest.timeout_scale));
        assert_eq!(notices, []);
    }

    #[test]
    fn a_student_cannot_make_it_easier() {
        let student = "timeout_scale = 20\n[grade]\nstrict = false\nmax_hint = 3\nhide = [\"*\"]\npoints = { \"*\" = 9 }";
        let teacher = "[grade]\nstrict = true\nmax_hint = 1\npoints = { \"1.3/echo\" = 2 }";
        let Combined { manifest, notices } =
            combine(Some(&read(student).unwrap()), Some(&read(teacher).unwrap()));

        assert!((2.9..=3.0).contains(&manifest.timeout_scale));
        assert!(manifest.grade.strict && manifest.grade.hide.is_empty());
        assert_eq!((manifest.grade.hint_level_max, manifest.grade.points.len()), (1, 1));
        let all = [Notice::TimeoutScale, Notice::Strict, Notice::HintLevel, Notice::Points, Notice::Hide];
        assert_eq!(notices, all);
    }

    #[test]
    fn a_student_can_make_it_harder() {
        let student = read("[grade]\nstrict = true\nmax_hint = 0").unwrap();
        let Combined { manifest, notices } = combine(Some(&student), None);

        assert!(manifest.grade.strict);
        assert_eq!((manifest.grade.hint_level_max, notices), (0, Vec::new()));
    }
}
