//! What a tracepoint of the kernel tells: its record, read as its `format` file says.
//!
//! Fields move and reasons get other numbers from kernel to kernel, so nothing of them is known here: the file is read each
//! time (`Documentation/trace/events.rst` of Linux).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// How many fields a record may have; those beyond it are not known.
pub const FIELDS_MAX: usize = 64;

/// How many names the values of all fields may have; those beyond it are numbers.
pub const NAMES_MAX: usize = 1024;

/// How the records of a tracepoint are laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// The number by which `perf_event_open(2)` takes the tracepoint.
    pub id: u64,
    fields: HashMap<String, Field>,
    /// The names of the values of a field.
    names: HashMap<String, HashMap<u64, String>>,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    offset: usize,
    bytes: usize,
}

impl Format {
    /// Reads a `format` file; `None` if it does not say which tracepoint it is of.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, print) = text.split_once("print fmt:").unwrap_or((text, ""));
        let id = head.lines().find_map(|line| line.strip_prefix("ID:"))?.trim().parse().ok()?;
        let fields = head.lines().filter_map(field).take(FIELDS_MAX).collect();
        Some(Self { id, fields, names: names(print) })
    }

    /// Returns the bytes of a field in a record.
    pub fn bytes<'r>(&self, record: &'r [u8], field: &str) -> Option<&'r [u8]> {
        let Field { offset, bytes } = *self.fields.get(field)?;
        record.get(offset..offset.checked_add(bytes)?)
    }

    /// Returns a field that is a number of up to eight bytes, in the byte order of the machine.
    pub fn number(&self, record: &[u8], field: &str) -> Option<u64> {
        let bytes = self.bytes(record, field)?;
        Some(match bytes.len() {
            1 => bytes[0].into(),
            2 => u16::from_ne_bytes(bytes.try_into().ok()?).into(),
            4 => u32::from_ne_bytes(bytes.try_into().ok()?).into(),
            8 => u64::from_ne_bytes(bytes.try_into().ok()?),
            _ => return None,
        })
    }

    /// Returns the name of a field's value, without what the kernel's headers write before it; the number where there is
    /// none.
    pub fn name(&self, record: &[u8], field: &str) -> Option<String> {
        let value = self.number(record, field)?;
        let name = self.names.get(field).and_then(|names| names.get(&value));
        Some(name.map_or_else(|| value.to_string(), Clone::clone))
    }

    /// Returns an address of a socket. `side` is `s` or `d`, as in `saddr`, `saddr_v6` and `sport`.
    ///
    /// Two forms are known: a `struct sockaddr_in6` as bytes, and an address with its port in a field of its own, which is in
    /// the byte order of the machine.
    pub fn address(&self, record: &[u8], side: char) -> Option<SocketAddr> {
        let short = self.bytes(record, &format!("{side}addr"))?;
        if short.len() > 4 {
            return sockaddr(short);
        }
        let port = u16::try_from(self.number(record, &format!("{side}port"))?).ok()?;
        let family = self.number(record, "family")?;
        let ip = if family == INET6 {
            let long: [u8; 16] = self.bytes(record, &format!("{side}addr_v6"))?.try_into().ok()?;
            Ipv6Addr::from(long).to_canonical()
        } else {
            IpAddr::from(<[u8; 4]>::try_from(short).ok()?)
        };
        Some(SocketAddr::new(ip, port))
    }
}

/// `AF_INET`.
const INET: u64 = 2;
/// `AF_INET6`.
const INET6: u64 = 10;

/// Reads `struct sockaddr_in` or `struct sockaddr_in6` (`ip(7)`, `ipv6(7)`).
fn sockaddr(bytes: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(*bytes.first_chunk()?).into();
    let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
    let ip = match family {
        INET => IpAddr::from(*bytes.get(4..)?.first_chunk::<4>()?),
        INET6 => Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Reads `field:unsigned short protocol; offset:32; size:2; signed:0;`.
fn field(line: &str) -> Option<(String, Field)> {
    let mut parts = line.trim().strip_prefix("field:")?.split(';').map(str::trim);
    let declaration = parts.next()?;
    let number = |part: Option<&str>, name: &str| part?.strip_prefix(name)?.parse().ok();
    let offset = number(parts.next(), "offset:")?;
    let bytes = number(parts.next(), "size:")?;
    let name = declaration.split('[').next()?.rsplit([' ', '*']).next()?;
    Some((name.to_owned(), Field { offset, bytes }))
}

/// Reads the names that `__print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, …)` gives to the values of a field.
fn names(print: &str) -> HashMap<String, HashMap<u64, String>> {
    let mut names: HashMap<String, HashMap<u64, String>> = HashMap::new();
    let mut left = NAMES_MAX;
    for call in print.split("__print_symbolic(REC->").skip(1) {
        let Some((field, pairs)) = call.split_once(',') else { continue };
        let end = pairs.find(')').unwrap_or(pairs.len());
        let pairs = pairs[..end].split('{').filter_map(pair).take(left);
        let of_field = names.entry(field.trim().to_owned()).or_default();
        for (value, name) in pairs {
            left -= 1;
            of_field.insert(value, name);
        }
    }
    names
}

/// Reads ` 2, "NOT_SPECIFIED" }, `.
fn pair(text: &str) -> Option<(u64, String)> {
    let (value, name) = text.split('}').next()?.split_once(',')?;
    let value = value.trim();
    let value = match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => value.parse().ok()?,
    };
    Some((value, name.trim().trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests;
