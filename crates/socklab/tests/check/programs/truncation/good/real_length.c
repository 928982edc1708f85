/* Un estudiante que pide la longitud real con MSG_TRUNC, y devuelve solo lo que tiene. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
    char buffer[20];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, MSG_TRUNC, (struct sockaddr *)&peer, &size);
        if (n > (ssize_t)sizeof buffer) {
            printf("%zd bytes, %zu of them here\n", n, sizeof buffer);
            n = sizeof buffer;
        }
        if (n >= 0) sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
    }
}
