//! Memory of other processes (`proc_pid_mem(5)`, `process_vm_readv(2)`).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Where mapped memory may end: pages are of this size or a multiple of it.
const PAGE_BYTES: u64 = 4096;

/// The memory that a process has now, to be read again and again: whether it may be is asked once, so a read costs a fifth less than
/// that of [`read`].
///
/// It stays that memory: when the process executes another program, what was opened before is empty.
#[derive(Debug)]
#[doc(alias = "/proc/PID/mem")]
pub struct Memory(File);

impl Memory {
    /// Opens the memory of a process.
    ///
    /// # Errors
    /// `EACCES`, `EPERM`: the process may not be looked at; `ENOENT`: there is none, or no `/proc`; `EMFILE`.
    pub fn open(pid: u32) -> io::Result<Self> {
        File::open(format!("/proc/{pid}/mem")).map(Self)
    }

    /// Copies memory from `address` on into `buffer` and returns how many bytes there were: fewer where what is mapped ends, 0
    /// where nothing is mapped and when the process has ended.
    pub fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        // What lies beyond the numbers of a file is the kernel's, and refused.
        if address == 0 { 0 } else { self.0.read_at(buffer, address).unwrap_or(0) }
    }
}

/// Copies memory of a process from `address` on into `buffer` and returns how many bytes there were: fewer where what is mapped
/// ends, 0 where nothing is mapped.
///
/// # Errors
/// `EPERM`: the process may not be looked at; `ESRCH`: there is none.
#[doc(alias = "process_vm_readv")]
pub fn read(pid: u32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let room = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
    if room == 0 || address == 0 {
        return Ok(0);
    }
    let to_next_page = PAGE_BYTES - address % PAGE_BYTES;
    match copy(pid, address, buffer) {
        // The kernel may refuse all of a piece of which only the beginning is there (`process_vm_readv(2)`, NOTES).
        Ok(0) | Err(libc::EFAULT) if to_next_page < room => {
            let first = usize::try_from(to_next_page).unwrap_or(0);
            told(copy(pid, address, &mut buffer[..first]))
        }
        result => told(result),
    }
}

/// Writes `bytes` into the memory of a process from `address` on; all of them or none, if they lie in one page.
///
/// # Errors
/// `EPERM`: the process may not be looked at; `ESRCH`: there is none; `EFAULT`: it may not write there itself.
#[doc(alias = "process_vm_writev")]
pub fn write(pid: u32, address: u64, bytes: &[u8]) -> io::Result<()> {
    let out_of_range = || io::Error::from_raw_os_error(libc::EFAULT);
    let pid = i32::try_from(pid).map_err(|_| out_of_range())?;
    let address = usize::try_from(address).map_err(|_| out_of_range())?;
    let local = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: bytes.len() };
    // SAFETY: the kernel reads `bytes`, which are borrowed through the call, and writes nothing of this process, unless that is
    // the one that is meant: who gives its own address has to know what is there.
    let result = unsafe { libc::process_vm_writev(pid, &raw const local, 1, &raw const remote, 1, 0) };
    if usize::try_from(result) == Ok(bytes.len()) { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How many pieces [`read_pieces`] takes.
pub const PIECES_MAX: usize = 32;

/// Copies several pieces of a process' memory at once into `buffer`, one behind the other: each by its address and its length.
/// Tells whether all is there; if not, `buffer` holds nothing that means anything. Two pieces take less time than two reads of
/// [`Memory`], one takes more.
#[doc(alias = "process_vm_readv")]
pub fn read_pieces(pid: u32, pieces: &[(u64, usize)], buffer: &mut [u8]) -> bool {
    let mut remote = [const { libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 } }; PIECES_MAX];
    let mut length = 0_usize;
    if pieces.len() > remote.len() {
        return false;
    }
    for ((address, bytes), piece) in pieces.iter().zip(&mut remote) {
        let Ok(address) = usize::try_from(*address) else { return false };
        *piece = libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: *bytes };
        length = length.saturating_add(*bytes);
    }
    let Ok(pid) = i32::try_from(pid) else { return false };
    let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let count = libc::c_ulong::try_from(pieces.len()).unwrap_or_default();
    // SAFETY: the kernel writes at most as many bytes as `buffer` has, which is borrowed through the call, and reads as many of the
    // descriptions as it is told that there are. The other addresses are those of another process; here they are numbers.
    let result = unsafe { libc::process_vm_readv(pid, &raw const local, 1, remote.as_ptr(), count, 0) };
    length <= buffer.len() && usize::try_from(result).is_ok_and(|bytes| bytes == length)
}

fn told(result: Result<usize, i32>) -> io::Result<usize> {
    match result {
        Ok(bytes) => Ok(bytes),
        Err(libc::EFAULT) => Ok(0),
        Err(errno) => Err(io::Error::from_raw_os_error(errno)),
    }
}

fn copy(pid: u32, address: u64, buffer: &mut [u8]) -> Result<usize, i32> {
    let (Ok(pid), Ok(address)) = (i32::try_from(pid), usize::try_from(address)) else {
        return Err(libc::EFAULT);
    };
    let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let remote = libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: buffer.len() };
    // SAFETY: the kernel writes at most as many bytes as `buffer` has, which is borrowed through the call. The other address is
    // one of another process; here it is a number.
    let result = unsafe { libc::process_vm_readv(pid, &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(result).map_err(|_| io::Error::last_os_error().raw_os_error().unwrap_or(libc::EFAULT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::own_id;

    #[test]
    fn what_is_mapped_is_read_and_what_is_not_is_nothing() {
        let text = *b"hola";
        let mut buffer = [0; 4];

        let address = u64::try_from(text.as_ptr().addr()).unwrap();
        assert_eq!(read(own_id(), address, &mut buffer).unwrap(), 4);
        assert_eq!(buffer, text);
        assert_eq!(read(own_id(), 0, &mut buffer).unwrap(), 0);
        assert_eq!(read(own_id(), 16, &mut buffer).unwrap(), 0);
        assert_eq!(read(own_id(), u64::MAX, &mut buffer).unwrap(), 0);

        let memory = Memory::open(own_id()).unwrap();
        buffer.fill(0);
        assert_eq!((memory.read(address, &mut buffer), &buffer), (4, &text));
        assert_eq!([0, 16, u64::MAX].map(|address| memory.read(address, &mut buffer)), [0; 3]);
    }

    #[test]
    fn pieces_are_read_one_behind_the_other_or_not_at_all() {
        let (one, other) = (*b"hola", *b"que tal");
        let at = |text: &[u8]| u64::try_from(text.as_ptr().addr()).unwrap();
        let mut buffer = [0; 6];

        assert!(read_pieces(own_id(), &[(at(&one), 3), (at(&other), 3)], &mut buffer));
        assert_eq!(&buffer, b"holque");
        assert!(!read_pieces(own_id(), &[(at(&one), 3), (16, 3)], &mut buffer));
        assert!(!read_pieces(own_id(), &[(at(&one), 4), (at(&other), 3)], &mut buffer));
        assert!(!read_pieces(own_id(), &[(at(&one), 1); PIECES_MAX + 1], &mut buffer));
    }

    #[test]
    fn memory_is_read_up_to_where_it_ends() {
        let end = end_of_stack();
        let mut buffer = [0; 100];

        assert_eq!(read(own_id(), end - 10, &mut buffer).unwrap(), 10);
        assert_eq!(Memory::open(own_id()).unwrap().read(end - 10, &mut buffer), 10);
    }

    /// Behind the stack of the first thread there is nothing, or something that cannot be read.
    fn end_of_stack() -> u64 {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let stack = maps.lines().find(|line| line.ends_with("[stack]")).unwrap();
        let range = stack.split(' ').next().unwrap();
        u64::from_str_radix(range.split('-').nth(1).unwrap(), 16).unwrap()
    }
}
