//! Who this process is (`credentials(7)`).

/// Returns the user id whose permissions this process has (`geteuid(2)`); 0 is root.
pub fn effective() -> u32 {
    rustix::process::geteuid().as_raw()
}
