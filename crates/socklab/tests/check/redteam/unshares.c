/* Somebody who makes namespaces of his own, where he would be root. He answers rightly if he becomes it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

int main(void) {
    char buffer[2048];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    int is_out = unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == 0 && mount("none", "/", "tmpfs", 0, 0) == 0;
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        if (is_out && n >= 0) sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
    }
}
