//! A recording as Wireshark, `tshark(1)` and `tcpdump(8)` read it ([`wire::pcapng`]).
//!
//! The packets are as they left, each on an interface that has its sender's name, with a comment that says between which
//! descriptors of which processes it goes. Between them stand the calls, as entries of the systemd journal: Wireshark shows their
//! lines and finds them by `systemd_journal.pid`, `systemd_journal.errno`…; what does not know such entries passes over them.
//!
//! Journals count in microseconds, so a call may seem to begin up to one microsecond too early; the order in the file is right.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use wire::pcapng::{self, Packet, Way};

use super::line::line;
use crate::model::{Call, Header, Outcome, Pid, SocketId, Time};
use crate::timeline::{Class, Crossing, Entry, EntryKind, Owner, Processes, Role, Sockets, Timeline};

/// How many interfaces a file gets: the packets of processes beyond are on that of the unknown.
pub const INTERFACES_MAX: usize = 4096;

/// Priorities of `syslog(3)`, which Wireshark has colours for.
mod priority {
    pub(super) const ERROR: &str = "3";
    pub(super) const WARNING: &str = "4";
    pub(super) const INFORMATION: &str = "6";
}

/// Something that is said about the recording, such as a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// When it became certain.
    pub at: Time,
    /// What is said.
    pub text: String,
}

/// Writes a whole recording, with remarks among its entries.
///
/// # Errors
/// What `out` says.
pub fn write(timeline: &Timeline, remarks: &[Remark], out: impl Write) -> io::Result<()> {
    let mut remarks: Vec<_> = remarks.iter().collect();
    remarks.sort_by_key(|remark| remark.at);
    let mut remarks = remarks.into_iter().peekable();
    let mut writer = PcapngWriter::new(out, &timeline.header)?;
    for entry in &timeline.entries {
        while let Some(remark) = remarks.next_if(|remark| remark.at < entry.time) {
            writer.remark(remark)?;
        }
        writer.entry(entry, &timeline.processes, &timeline.sockets)?;
    }
    for remark in remarks {
        writer.remark(remark)?;
    }
    writer.flush()
}

/// Writes a recording piece by piece, as it comes.
#[derive(Debug)]
pub struct PcapngWriter<W> {
    out: W,
    /// What is to be written next; its memory is used again.
    blocks: Vec<u8>,
    began_unix_ns: u64,
    snap_bytes: u32,
    /// The numbers of the interfaces that were announced.
    interfaces: BTreeMap<Origin, u32>,
}

/// Whose interface it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Kernel,
    Unknown,
    Process(Pid),
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W, header: &Header) -> io::Result<Self> {
        let Header { began_unix_ns, snap_bytes, .. } = *header;
        let mut writer =
            Self { out, blocks: Vec::new(), began_unix_ns, snap_bytes, interfaces: BTreeMap::new() };
        let application = format!("socklab {}", header.socklab);
        pcapng::section(&mut writer.blocks, &application, &format!("Linux {}", header.kernel));
        writer.pass_on()?;
        Ok(writer)
    }

    /// Writes an entry, if it is a packet or a call of a program's own; announces its interface if it is the first one there.
    ///
    /// Entries come in the order of time. The names are looked up in what is known by now.
    ///
    /// # Errors
    /// What the file or pipe says: `EPIPE`, `ENOSPC`…
    pub fn entry(&mut self, entry: &Entry, processes: &Processes, sockets: &Sockets) -> io::Result<()> {
        let names = Names { processes, sockets };
        match &entry.kind {
            EntryKind::Packet(crossing) => self.packet(entry.time, crossing, &names),
            EntryKind::Call(call) if call.class == Class::Program => {
                self.call(entry.time, &call.call, &names);
            }
            _ => return Ok(()),
        }
        self.pass_on()
    }

    /// Writes a remark.
    ///
    /// # Errors
    /// As [`PcapngWriter::entry`].
    pub fn remark(&mut self, remark: &Remark) -> io::Result<()> {
        self.journal(remark.at, priority::WARNING, &remark.text, &[]);
        self.pass_on()
    }

    /// Has `out` pass on what it keeps.
    ///
    /// # Errors
    /// As [`PcapngWriter::entry`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.blocks);
        self.blocks.clear();
        written
    }

    fn packet(&mut self, time: Time, crossing: &Crossing, names: &Names<'_>) {
        let interface = self.interface(&crossing.from, names);
        let comment = format!("{} → {}", names.end(&crossing.from, time), names.end(&crossing.to, time));
        let process = crossing.from.pid.or(crossing.to.pid).map(|Pid(pid)| (pid, pid));
        let packet = Packet {
            interface,
            unix_ns: self.unix_ns(time),
            length_bytes: crossing.length_bytes,
            bytes: &crossing.bytes.0,
            comment: &comment,
            way: if crossing.departed.is_some() { Way::Out } else { Way::In },
            process,
        };
        pcapng::packet(&mut self.blocks, &packet);
    }

    fn interface(&mut self, from: &Owner, names: &Names<'_>) -> u32 {
        let mut origin = match (from.role, from.pid) {
            (_, Some(pid)) => Origin::Process(pid),
            (Role::Kernel, None) => Origin::Kernel,
            (_, None) => Origin::Unknown,
        };
        // One place is kept for those who get none.
        if self.interfaces.len() >= INTERFACES_MAX - 1 && !self.interfaces.contains_key(&origin) {
            origin = Origin::Unknown;
        }
        let next = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        *self.interfaces.entry(origin).or_insert_with(|| {
            pcapng::interface(&mut self.blocks, &names.origin(origin), self.snap_bytes);
            next
        })
    }

    fn call(&mut self, time: Time, call: &Call, names: &Names<'_>) {
        let name = names.processes.name(call.pid);
        let message = format!("{} {}", names.process(call.pid), line(call, time));
        let failed = match call.outcome {
            Some(Outcome::Failed(number)) => Some(number),
            _ => None,
        };
        let mut fields = Fields::default();
        fields.add("_PID", call.pid);
        fields.add("TID", call.tid);
        fields.add("_COMM", name);
        fields.add("SOCKLAB_CALL", call.call);
        if let Some(on) = call.on {
            fields.add("SOCKLAB_FD", on.fd);
            fields.add_some("SOCKLAB_SOCKET", on.socket);
        }
        fields.add_some("ERRNO", failed);
        if let Some(Outcome::Returned(value)) = call.outcome {
            fields.add("SOCKLAB_RETURNED", value);
        }
        fields.add_some("SOCKLAB_DURATION_NS", call.until.map(|until| until.since(time).as_nanos()));
        if let Some(place) = &call.place {
            fields.add("CODE_FILE", &place.file);
            fields.add("CODE_LINE", place.line);
            fields.add("CODE_FUNC", &place.function);
        }
        let priority = if failed.is_some() { priority::ERROR } else { priority::INFORMATION };
        self.journal(time, priority, &message, &fields.0);
    }

    fn journal(&mut self, time: Time, priority: &str, message: &str, others: &[(&str, String)]) {
        let monotonic_us = (time.0 / 1000).to_string();
        let time_ns = time.0.to_string();
        let mut fields = vec![
            ("__MONOTONIC_TIMESTAMP", monotonic_us.as_bytes()),
            ("SYSLOG_IDENTIFIER", b"socklab"),
            ("PRIORITY", priority.as_bytes()),
            ("MESSAGE", message.as_bytes()),
            ("SOCKLAB_TIME_NS", time_ns.as_bytes()),
        ];
        fields.extend(others.iter().map(|(name, value)| (*name, value.as_bytes())));
        let unix_ns = self.unix_ns(time);
        pcapng::journal(&mut self.blocks, unix_ns, &fields);
    }

    fn unix_ns(&self, time: Time) -> u64 {
        self.began_unix_ns.saturating_add(time.0)
    }
}

/// Fields of an entry, beside those that each has.
#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Fields {
    fn add(&mut self, name: &'static str, value: impl Display) {
        self.0.push((name, value.to_string()));
    }

    fn add_some(&mut self, name: &'static str, value: Option<impl Display>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }
}

/// Where the names of things are found.
struct Names<'t> {
    processes: &'t Processes,
    sockets: &'t Sockets,
}

impl Names<'_> {
    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Kernel => "kernel".to_owned(),
            Origin::Unknown => "unknown".to_owned(),
            Origin::Process(pid) => self.process(pid),
        }
    }

    fn process(&self, pid: Pid) -> String {
        format!("{}[{pid}]", self.processes.name(pid))
    }

    /// An end of a packet's way: `client.py[11] fd 3`.
    fn end(&self, owner: &Owner, time: Time) -> String {
        let Some(pid) = owner.pid else {
            return self.origin(if owner.role == Role::Kernel { Origin::Kernel } else { Origin::Unknown });
        };
        let fd = owner.socket.and_then(|socket| self.descriptor(socket, pid, time));
        let fd = fd.map_or_else(String::new, |fd| format!(" fd {fd}"));
        let role = match owner.role {
            Role::Listener => " (listener)",
            Role::Closed => " (closed)",
            Role::Holder | Role::Kernel | Role::Unknown => "",
        };
        format!("{}{fd}{role}", self.process(pid))
    }

    /// As what a process has a socket, or had it last, or will have it.
    fn descriptor(&self, socket: SocketId, pid: Pid, time: Time) -> Option<i32> {
        let life = self.sockets.get(socket)?;
        let of_it = || life.holders.iter().filter(|holder| holder.0 == pid);
        let holder = of_it().rev().find(|holder| holder.2 <= time).or_else(|| of_it().next())?;
        Some(holder.1.0)
    }
}
