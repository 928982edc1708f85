//! What this user may see of programs on this machine, and what would let them see more.
//!
//! [`Surroundings`] are facts that are read, [`Probed`] is what came of really trying each thing that a recording needs, and
//! [`judge()`] makes of both what is to be told: the state of each [`Condition`], why it is so and what to do. Only the first two ask
//! the system; the judgement is tested with machines made by hand, which are not here.

mod diagnosis;
mod judge;
mod probes;
mod surroundings;

pub use self::diagnosis::{Advice, Condition, Diagnosis, Reason, Standing, State};
pub use self::judge::{judge, no_packets, no_private_network};
pub use self::probes::{NoLines, NoTracepoints, Probed, Python, PythonLines, Untraced, probe};
pub use self::surroundings::{Capabilities, Capability, Surroundings, Sysctl, Sysctls, can_keep_privileges};
