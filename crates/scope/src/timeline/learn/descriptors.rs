//! Which descriptor of which process is which socket, as calls, forks and the like tell.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use crate::model::{Fd, Pid, SocketId, Time};

use super::Sockets;

/// How many holders of a socket are remembered: processes and descriptors, one after another. Later ones are not.
pub(crate) const HOLDERS_MAX: usize = 256;

/// The descriptors of all processes.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    tables: HashMap<Pid, BTreeMap<Fd, Descriptor>, RandomState>,
}

#[derive(Debug, Clone, Copy)]
struct Descriptor {
    socket: SocketId,
    /// Its place among the socket's holders.
    holder: Option<usize>,
    /// `FD_CLOEXEC`.
    ends_at_exec: bool,
}

impl Descriptors {
    /// A process has this socket as this descriptor; whatever that was before, it is no longer.
    pub(super) fn hold(
        &mut self,
        (pid, fd): (Pid, Fd),
        socket: SocketId,
        time: Time,
        ends_at_exec: bool,
        sockets: &mut Sockets,
    ) {
        let table = self.tables.entry(pid).or_default();
        match table.get(&fd) {
            Some(descriptor) if descriptor.socket == socket => return,
            Some(descriptor) => descriptor.release(time, sockets),
            None => {}
        }
        table.insert(fd, Descriptor::new((pid, fd), socket, time, ends_at_exec, sockets));
    }

    /// A descriptor is closed.
    pub(super) fn close(&mut self, pid: Pid, fd: Fd, time: Time, sockets: &mut Sockets) {
        if let Some(descriptor) = self.tables.get_mut(&pid).and_then(|table| table.remove(&fd)) {
            descriptor.release(time, sockets);
        }
    }

    /// All descriptors from one to another are closed.
    pub(super) fn close_range(
        &mut self,
        pid: Pid,
        (first, last): (Fd, Fd),
        time: Time,
        sockets: &mut Sockets,
    ) {
        let Some(table) = self.tables.get_mut(&pid) else { return };
        table.retain(|fd, descriptor| {
            let is_closed = first <= *fd && *fd <= last;
            if is_closed {
                descriptor.release(time, sockets);
            }
            !is_closed
        });
    }

    /// A descriptor's `FD_CLOEXEC` is set or cleared.
    pub(super) fn set_ends_at_exec(&mut self, pid: Pid, fd: Fd, ends_at_exec: bool) {
        if let Some(descriptor) = self.tables.get_mut(&pid).and_then(|table| table.get_mut(&fd)) {
            descriptor.ends_at_exec = ends_at_exec;
        }
    }

    /// A new process has what its parent has.
    pub(super) fn fork(&mut self, parent: Pid, child: Pid, time: Time, sockets: &mut Sockets) {
        if parent == child {
            return;
        }
        self.end(child, time, sockets);
        let inherited = self.tables.get(&parent).cloned().unwrap_or_default();
        for (fd, descriptor) in inherited {
            self.hold((child, fd), descriptor.socket, time, descriptor.ends_at_exec, sockets);
        }
    }

    /// A process runs another program.
    pub(super) fn execute(&mut self, pid: Pid, time: Time, sockets: &mut Sockets) {
        let Some(table) = self.tables.get_mut(&pid) else { return };
        table.retain(|_, descriptor| {
            if descriptor.ends_at_exec {
                descriptor.release(time, sockets);
            }
            !descriptor.ends_at_exec
        });
    }

    /// A process is no more.
    pub(super) fn end(&mut self, pid: Pid, time: Time, sockets: &mut Sockets) {
        for descriptor in self.tables.remove(&pid).unwrap_or_default().into_values() {
            descriptor.release(time, sockets);
        }
    }
}

impl Descriptor {
    fn new(
        (pid, fd): (Pid, Fd),
        socket: SocketId,
        time: Time,
        ends_at_exec: bool,
        sockets: &mut Sockets,
    ) -> Self {
        let holders = &mut sockets.life(socket).holders;
        let holder = (holders.len() < HOLDERS_MAX).then_some(holders.len());
        if holder.is_some() {
            holders.push((pid, fd, time, None));
        }
        Self { socket, holder, ends_at_exec }
    }

    fn release(&self, time: Time, sockets: &mut Sockets) {
        let holders = &mut sockets.life(self.socket).holders;
        if let Some(holder) = self.holder.and_then(|holder| holders.get_mut(holder)) {
            holder.3 = Some(time.max(holder.2));
        }
    }
}
