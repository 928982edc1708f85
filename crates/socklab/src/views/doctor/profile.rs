//! The profile by which `AppArmor` lets socklab make user namespaces (`apparmor.d(5)`).

use std::path::Path;

/// What has a meaning in the path of a profile.
const MEANINGFUL: [char; 12] = ['\\', '"', '*', '?', '[', ']', '{', '}', '^', ',', '@', '#'];

/// Returns the profile of this program, in the form that Ubuntu has for browsers: it confines nothing, and grants `userns`.
///
/// Whatever stands at the path gets what the profile grants.
pub(crate) fn profile(program: &Path) -> String {
    let path = escaped(&program.to_string_lossy());
    format!(
        "abi <abi/4.0>,\n\
         include <tunables/global>\n\n\
         profile socklab \"{path}\" flags=(unconfined) {{\n  \
         userns,\n\n  \
         include if exists <local/socklab>\n\
         }}\n"
    )
}

fn escaped(path: &str) -> String {
    let mut escaped = String::new();
    for c in path.chars() {
        if MEANINGFUL.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_that_of_the_program() {
        insta::assert_snapshot!(profile(Path::new("/usr/local/bin/socklab")), @r#"
        abi <abi/4.0>,
        include <tunables/global>

        profile socklab "/usr/local/bin/socklab" flags=(unconfined) {
          userns,

          include if exists <local/socklab>
        }
        "#);
    }

    #[test]
    fn no_path_means_more_than_itself() {
        assert_eq!(escaped("/home/ana lía/{a,b}*"), "/home/ana lía/\\{a\\,b\\}\\*");
    }
}
