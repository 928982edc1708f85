/* Un estudiante que compara la longitud y los bytes. */
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char buffer[2048];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return 1;
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        if (n == 5 && memcmp(buffer, "SALIR", 5) == 0) break;
        if (n >= 0) sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
    }
    close(fd);
    return 0;
}
