/* A thousand processes, each with a socket; ten at a time. */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int failed = 0;
    for (int made = 0; made < 1000; made++) {
        if (fork() == 0) _exit(socket(AF_INET, SOCK_DGRAM, 0) < 0);
        if (made >= 10) {
            int status;
            wait(&status);
            failed |= status;
        }
    }
    for (int status; wait(&status) > 0;) failed |= status;
    return failed != 0;
}
