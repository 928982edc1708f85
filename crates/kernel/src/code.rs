//! The code and the constants of this process, as far as they are in memory.

use std::ffi::{c_int, c_void};
use std::ptr;

/// Pages are of this size or a multiple of it.
const PAGE_BYTES: usize = 4096;

/// Gives back the code and the constants that are in memory, those of libraries too; what is needed again is mapped again when it is used.
///
/// To start takes parts of a program that are never needed again, and the kernel maps whole neighbourhoods of what is used. All that would
/// count as memory of the process (RSS) for as long as it lives. Nothing is lost, and nothing has to be read from the disk again as long as
/// the kernel has room for the pages of the files, which belong to nobody then. What it does not take back stays as it is.
#[doc(alias = "MADV_DONTNEED")]
pub fn give_back() {
    // SAFETY: the function has the type that `dl_iterate_phdr(3)` asks for, and uses nothing but what it is given.
    unsafe { libc::dl_iterate_phdr(Some(give_back_object), ptr::null_mut()) };
}

/// Gives back the segments of one object, the program or a library, that cannot be written.
///
/// # Safety
/// `object` describes an object that is loaded and stays so during the call, as `dl_iterate_phdr(3)` guarantees.
unsafe extern "C" fn give_back_object(
    object: *mut libc::dl_phdr_info,
    _size: libc::size_t,
    _data: *mut c_void,
) -> c_int {
    // SAFETY: the caller guarantees that it is a description; its headers are in the memory of the object.
    let (start, segments) = unsafe {
        let object = &*object;
        (object.dlpi_addr, std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()))
    };
    for segment in segments.iter().filter(|segment| segment.p_type == libc::PT_LOAD && !is_written(segment)) {
        let first = to_address(start + segment.p_vaddr) / PAGE_BYTES * PAGE_BYTES;
        let end = to_address(start + segment.p_vaddr + segment.p_memsz).next_multiple_of(PAGE_BYTES);
        // SAFETY: nobody can write the segment, the linker included, so its pages are those of the file that is mapped there, and come
        // from there again (`MADV_DONTNEED` in `madvise(2)`).
        unsafe { libc::madvise(ptr::without_provenance_mut(first), end - first, libc::MADV_DONTNEED) };
    }
    0
}

/// Whether a segment may have been written: if it can be now, or could until it was relocated (which is a part of one that can be).
fn is_written(segment: &libc::Elf64_Phdr) -> bool {
    segment.p_flags & libc::PF_W != 0
}

fn to_address(address: u64) -> usize {
    usize::try_from(address).expect("addresses have 64 bits")
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;

    /// More than the kernel maps at once when a page is used.
    static CONSTANTS: [u64; 1 << 19] = [0x0123_4567_89ab_cdef; 1 << 19];

    #[test]
    fn what_was_given_back_is_mapped_again_when_it_is_used() {
        let is_right = || CONSTANTS.iter().step_by(PAGE_BYTES / 8).all(|word| *word == 0x0123_4567_89ab_cdef);
        assert!(is_right());
        let before = mapped_pages();

        give_back();
        let after = mapped_pages();

        assert!(before >= size_of_val(&CONSTANTS) / PAGE_BYTES && after < before / 2, "{before} {after}");
        assert!(is_right());
    }

    /// How many pages of the constants are mapped (`PROC_PID_PAGEMAP` in `proc_pid_pagemap(5)`).
    fn mapped_pages() -> usize {
        let pagemap = File::open("/proc/self/pagemap").unwrap();
        let first = (&raw const CONSTANTS).addr() / PAGE_BYTES;
        let is_mapped = |page: &usize| {
            let mut entry = [0; 8];
            pagemap.read_exact_at(&mut entry, *page as u64 * 8).unwrap();
            u64::from_ne_bytes(entry) >> 63 == 1
        };
        (first..=first + size_of_val(&CONSTANTS) / PAGE_BYTES).filter(is_mapped).count()
    }
}
