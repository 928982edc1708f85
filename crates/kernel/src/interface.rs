//! The interfaces of this network, and setting up its loopback (`netdevice(7)`).

use std::ffi::CStr;
use std::io;
use std::mem;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::step::{Step, StepError, at, check};

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its number, from 1.
    pub index: u32,
    /// Its name; bytes that are no UTF-8 are replaced.
    pub name: String,
}

/// The interfaces of the network that this thread is in (`if_nameindex(3)`).
///
/// # Errors
/// `ENOBUFS`: no memory; `EMFILE`, `ENFILE`: no descriptor left to ask with.
#[doc(alias = "if_nameindex")]
pub fn all() -> io::Result<Vec<Interface>> {
    // SAFETY: it takes nothing and returns null or an array, which is freed below.
    let list = unsafe { libc::if_nameindex() };
    if list.is_null() {
        return Err(io::Error::last_os_error());
    }
    let mut interfaces = Vec::new();
    let mut next = list;
    loop {
        // SAFETY: the array ends with an entry whose index is 0 (and whose name is null), and `next` has not passed it.
        let entry = unsafe { &*next };
        if entry.if_index == 0 || entry.if_name.is_null() {
            break;
        }
        // SAFETY: the name of an entry is a string with its null.
        let name = unsafe { CStr::from_ptr(entry.if_name) }.to_string_lossy().into_owned();
        interfaces.push(Interface { index: entry.if_index, name });
        // SAFETY: this was not the last entry, so there is another one behind it.
        next = unsafe { next.add(1) };
    }
    // SAFETY: the array came from `if_nameindex`, is freed once, and nothing borrowed from it is left.
    unsafe { libc::if_freenameindex(list) };
    Ok(interfaces)
}

/// The name of the loopback, in every network.
pub const LOOPBACK: &CStr = c"lo";

/// Commands of `SIOCETHTOOL` (`<linux/ethtool.h>`) that switch something on or off.
const ETHTOOL_STSO: u32 = 0x1f;
const ETHTOOL_SGSO: u32 = 0x24;
const ETHTOOL_SGRO: u32 = 0x2c;

/// Brings the loopback of this network up, and has it carry packets as a wire would: no larger than `mtu_bytes`, and cut by TCP
/// rather than behind the capture's back (offloads off).
///
/// Below 1280 bytes the loopback has no IPv6 (RFC 8200 §5).
///
/// # Errors
/// `EPERM`: this is not a network of one's own.
pub fn loopback_up(mtu_bytes: u32) -> Result<(), StepError> {
    let flags = SocketFlags::CLOEXEC;
    let socket =
        at(Step::ConfigurationSocket, socket_with(AddressFamily::INET, SocketType::DGRAM, flags, None))?;
    let mut request = loopback();
    request.ifr_ifru.ifru_mtu = libc::c_int::try_from(mtu_bytes).unwrap_or(libc::c_int::MAX);
    // SAFETY: `request` holds the name and the size, which is what SIOCSIFMTU reads.
    unsafe { configure(&socket, Step::Mtu, libc::SIOCSIFMTU, &mut request) }?;
    for command in [ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO] {
        let mut off = [command, 0_u32];
        request.ifr_ifru.ifru_data = off.as_mut_ptr().cast();
        // SAFETY: `request` points to a `struct ethtool_value`, a command and its value, which lives through the call.
        unsafe { configure(&socket, Step::Offloads, libc::SIOCETHTOOL, &mut request) }?;
    }
    bring_up(&socket)
}

/// Gives the loopback one more address, with nothing else in its network.
///
/// `number` tells such addresses apart: one that was given before under the same number is replaced. IPv6 needs none.
///
/// # Errors
/// `EPERM`: this is not a network of one's own; `ENODEV`: the loopback has no IPv6; `EADDRNOTAVAIL`: no address of a host.
#[doc(alias = "SIOCSIFADDR")]
pub fn add_loopback_address(address: IpAddr, number: usize) -> Result<(), StepError> {
    let step = Step::Address;
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket =
        at(Step::ConfigurationSocket, socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC, None))?;
    match address {
        IpAddr::V4(address) => {
            let mut request = loopback();
            let name = format!("lo:{number}");
            for (to, from) in request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1).zip(name.bytes()) {
                *to = from.cast_signed();
            }
            for (ioctl, value) in [(libc::SIOCSIFADDR, address), (libc::SIOCSIFNETMASK, Ipv4Addr::BROADCAST)]
            {
                request.ifr_ifru.ifru_addr = raw_v4(value);
                // SAFETY: `request` holds the name and a `struct sockaddr_in`, which is what both read.
                unsafe { configure(&socket, step, ioctl, &mut request) }?;
            }
            Ok(())
        }
        IpAddr::V6(address) => {
            let mut request = loopback();
            // SAFETY: SIOCGIFINDEX reads the name and fills in the number.
            unsafe { configure(&socket, step, libc::SIOCGIFINDEX, &mut request) }?;
            // SAFETY: the call before has filled in this field of the union.
            let index = unsafe { request.ifr_ifru.ifru_ifindex };
            let address = libc::in6_addr { s6_addr: address.octets() };
            let request =
                libc::in6_ifreq { ifr6_addr: address, ifr6_prefixlen: HOST_BITS, ifr6_ifindex: index };
            let ioctl = libc::SIOCSIFADDR as libc::Ioctl;
            // SAFETY: the request is what this command reads of a socket of IPv6, and lives through the call.
            let returned = unsafe { libc::ioctl(socket.as_raw_fd(), ioctl, &raw const request) };
            check(step, returned).map(drop)
        }
    }
}

/// The length of a prefix that one address has for itself.
const HOST_BITS: u32 = 128;

fn raw_v4(address: Ipv4Addr) -> libc::sockaddr {
    // SAFETY: a C struct of integers, for which all-zero bytes are a value.
    let mut raw: libc::sockaddr = unsafe { mem::zeroed() };
    raw.sa_family = libc::sa_family_t::try_from(libc::AF_INET).unwrap_or_default();
    // Two bytes of a port, then the address.
    for (to, from) in raw.sa_data[2..].iter_mut().zip(address.octets()) {
        *to = from.cast_signed();
    }
    raw
}

fn bring_up(socket: &OwnedFd) -> Result<(), StepError> {
    let mut request = loopback();
    // SAFETY: SIOCGIFFLAGS reads the name and fills in the flags.
    unsafe { configure(socket, Step::Up, libc::SIOCGIFFLAGS, &mut request) }?;
    let up = libc::c_short::try_from(libc::IFF_UP).unwrap_or_default();
    // SAFETY: the call before has filled in this field of the union.
    let flags = unsafe { request.ifr_ifru.ifru_flags };
    request.ifr_ifru.ifru_flags = flags | up;
    // SAFETY: `request` holds the name and the flags.
    unsafe { configure(socket, Step::Up, libc::SIOCSIFFLAGS, &mut request) }
}

/// A request about the loopback.
fn loopback() -> libc::ifreq {
    // SAFETY: a C struct of integers and pointers, for which all-zero bytes are a value.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(LOOPBACK.to_bytes()) {
        *to = from.cast_signed();
    }
    request
}

/// Makes a request of an interface.
///
/// # Safety
/// `request` holds what `ioctl` reads, and pointers in it are to what lives through the call.
unsafe fn configure(
    socket: &OwnedFd,
    step: Step,
    ioctl: libc::c_ulong,
    request: &mut libc::ifreq,
) -> Result<(), StepError> {
    // The type of the number differs between C libraries.
    let ioctl = ioctl as libc::Ioctl;
    // SAFETY: the descriptor is valid, and of the request the caller says so.
    let returned = unsafe { libc::ioctl(socket.as_raw_fd(), ioctl, std::ptr::from_mut(request)) };
    check(step, returned).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_among_the_interfaces() {
        let interfaces = all().unwrap();

        assert!(interfaces.iter().any(|interface| interface.name == "lo" && interface.index > 0));
    }
}
