//! Who this process is (`credentials(7)`).

/// The user id of root, who may do everything.
pub const ROOT: u32 = 0;

/// Returns the user id whose permissions this process has (`geteuid(2)`).
pub fn effective() -> u32 {
    rustix::process::geteuid().as_raw()
}
