//! What is not as usual: marks, other machines' calls, `io_uring(7)`, threads that execute programs.

use scope::model::{Note, Outcome, ProcessChange};
use scope::source::calls::Config;

use crate::support::{compiled, config, program, python, run, trace};

#[test]
fn a_thread_that_executes_a_program_becomes_the_process() {
    let recording = trace(&["import os, threading
def leave(): os.execv('/bin/sh', ['sh', '-c', 'exit 5'])
threading.Thread(target=leave).start()
threading.Event().wait()"]);

    assert_eq!(recording.ended.wait_statuses, [Some(5 << 8)]);
    assert_eq!(recording.ended.processes, 1);
    let last = recording.changes().into_iter().rev().find_map(|(_, change)| match change {
        ProcessChange::Executed { arguments, .. } => Some(arguments),
        _ => None,
    });
    assert_eq!(last.unwrap(), ["sh", "-c", "exit 5"]);
}

#[test]
fn a_mark_tells_the_line_of_the_next_call_and_is_no_call() {
    let recording = trace(&["import ctypes, os, socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
address = a.getsockname()
def tell(mark):
    try: os.write(-1, mark)
    except OSError: pass
slot = ctypes.c_uint64(1)
tell(b'\\0SLT%d' % ctypes.addressof(slot))
tell(b'\\0SLP1 7 f\\0/x.py')
a.sendto(b'1', address)
slot.value = 0
a.sendto(b'2', address)"]);

    let places: Vec<_> = recording.named("sendto").into_iter().map(|call| call.place).collect();
    let place = places[0].as_ref().unwrap();
    assert_eq!((place.file.as_str(), place.line, place.function.as_str()), ("/x.py", 7, "f"));
    assert_eq!(places[1], None);
    assert_eq!(recording.named("write").len(), 0);
}

#[test]
fn io_uring_is_noted_or_refused() {
    let script = "import ctypes
ctypes.CDLL(None, use_errno=True).syscall(425, 0, None)
import sys
sys.exit(ctypes.get_errno())";
    let refused = run(Config { refuse_io_uring: true, ..config(vec![python(script)]) });
    let allowed = trace(&[script]);

    assert_eq!(refused.ended.wait_statuses, [Some(38 << 8)]);
    assert_eq!(refused.notes(), []);
    assert!(matches!(allowed.notes()[..], [Note::IoUring { .. }]), "{:?}", allowed.notes());
    assert_eq!(allowed.named("io_uring_setup").len(), 1);
}

#[test]
fn calls_for_another_machine_are_noted_once() {
    let source = "int main(void) { int r; for (int i = 0; i < 3; i++)
        __asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(20)); return r <= 0; }";
    let Some(file) = compiled(source) else { return };

    let recording = run(config(vec![program(&[file.to_str().unwrap()])]));

    assert!(matches!(recording.notes()[..], [Note::ForeignCalls { .. }]), "{:?}", recording.notes());
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn the_calls_of_a_program_without_a_library_are_seen() {
    let source = "#include <sys/socket.h>
int main(void) { int s = socket(AF_INET, SOCK_DGRAM, 0); return send(s, \"hola\", 4, 0) != -1; }";
    let Some(file) = compiled(source) else { return };

    let recording = run(config(vec![program(&[file.to_str().unwrap()])]));

    let calls: Vec<_> = recording.on_sockets().iter().map(|call| (call.call.name(), call.outcome)).collect();
    let made = recording.named("socket")[0].outcome;
    assert_eq!(calls, [("socket", made), ("sendto", Some(Outcome::Failed(89)))]);
}
