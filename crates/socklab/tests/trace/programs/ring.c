/* Asks for an io_uring; ends with the error number that it gets. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    char parameters[120];
    memset(parameters, 0, sizeof parameters);
    return syscall(SYS_io_uring_setup, 4, parameters) < 0 ? errno : 0;
}
