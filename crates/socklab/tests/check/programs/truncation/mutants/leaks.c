/* A student who sends as many bytes as recvfrom() with MSG_TRUNC counted: what lies behind the buffer goes out, too. */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    static char memory[70000];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, memory, 16, MSG_TRUNC, (struct sockaddr *)&peer, &size);
        sendto(fd, memory, n, 0, (struct sockaddr *)&peer, size);
    }
}
