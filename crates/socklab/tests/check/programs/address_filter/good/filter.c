/* Un estudiante que compara los cuatro bytes, en el orden de la red. */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    char buffer[2048];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    in_addr_t allowed = inet_addr("127.0.0.1");
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return 1;
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        if (n > 0 && peer.sin_addr.s_addr == allowed)
            sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
    }
}
