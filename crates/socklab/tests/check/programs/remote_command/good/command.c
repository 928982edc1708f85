/* Un estudiante que usa las macros de wait(2): WIFEXITED y WEXITSTATUS. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char buffer[2048], reply[32];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    dup2(open("/dev/null", O_RDONLY), 0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return 1;
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer - 1, 0, (struct sockaddr *)&peer, &size);
        if (n < 0) continue;
        buffer[n] = 0;
        if (n > 4 && memcmp(buffer, "CMD ", 4) == 0) {
            int status = system(buffer + 4);
            int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            n = snprintf(reply, sizeof reply, "%d", code);
            sendto(fd, reply, n, 0, (struct sockaddr *)&peer, size);
        } else {
            sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
        }
    }
}
