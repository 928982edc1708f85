/* Makes every call that a guest may not make, and says how each one ended. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRY(name, call) \
    do { \
        errno = 0; \
        long result = (call); \
        printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "WORKS"); \
    } while (0)

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    TRY("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
    TRY("umount2", syscall(SYS_umount2, "/work", 2));
    TRY("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
    TRY("chroot", syscall(SYS_chroot, "/tmp"));
    TRY("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    TRY("open_tree", syscall(SYS_open_tree, -100, "/", 1));
    TRY("unshare", syscall(SYS_unshare, CLONE_NEWUSER));
    TRY("unshare of time", syscall(SYS_unshare, 0x80));
    TRY("clone", syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0));
    TRY("clone untraced", syscall(SYS_clone, 0x00800000 | 17, 0, 0, 0, 0));
    TRY("clone3", syscall(SYS_clone3, 0, 0));
    TRY("setns", syscall(SYS_setns, 0, 0));
    TRY("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
    TRY("process_vm_readv", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
    TRY("pidfd_getfd", syscall(SYS_pidfd_getfd, 0, 0, 0));
    TRY("bpf", syscall(SYS_bpf, 0, 0, 0));
    TRY("perf_event_open", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
    TRY("io_uring_setup", syscall(SYS_io_uring_setup, 1, 0));
    TRY("keyctl", syscall(SYS_keyctl, 0, 0));
    TRY("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
    TRY("userfaultfd", syscall(SYS_userfaultfd, 1));
    TRY("memfd_create", syscall(SYS_memfd_create, "a", 0));
    TRY("shmget", syscall(SYS_shmget, 0, 4096, 01600));
    TRY("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, 0, 0));
    TRY("init_module", syscall(SYS_init_module, 0, 0, ""));
    TRY("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
    TRY("settimeofday", syscall(SYS_settimeofday, 0, 0));
    TRY("sethostname", syscall(SYS_sethostname, "x", 1));
    TRY("personality", syscall(SYS_personality, 8));
    TRY("seccomp", syscall(SYS_seccomp, 1, 0, 0));
    TRY("PR_SET_SECCOMP", prctl(22, 2, 0));
    TRY("PR_SET_DUMPABLE", prctl(4, 0));
    TRY("TIOCSTI", ioctl(0, 0x5412, "x"));
    TRY("AF_PACKET", socket(17, SOCK_RAW, 0));
    TRY("AF_VSOCK", socket(40, SOCK_STREAM, 0));
    TRY("AF_ALG", socket(38, SOCK_SEQPACKET, 0));
    TRY("AF_NETLINK of sock_diag", socket(16, SOCK_RAW, 4));
    TRY("SCTP", socket(AF_INET, SOCK_STREAM, 132));
    TRY("SOCK_RAW", socket(AF_INET, SOCK_RAW, 1));
    /* What programs need. */
    TRY("AF_INET", socket(AF_INET, SOCK_STREAM, 0));
    TRY("AF_INET6", socket(AF_INET6, SOCK_DGRAM, 0));
    TRY("AF_UNIX", socket(AF_UNIX, SOCK_STREAM, 0));
    TRY("AF_NETLINK of routes", socket(16, SOCK_RAW, 0));
    TRY("PR_SET_NAME", prctl(15, "other"));
    TRY("unshare of descriptors", syscall(SYS_unshare, CLONE_FILES));
    return 0;
}
