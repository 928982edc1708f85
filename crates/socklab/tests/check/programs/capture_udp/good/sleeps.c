/* Un estudiante que duerme entre recvfrom() y sendto(). */
#include <arpa/inet.h>
#include <unistd.h>

int main(void) {
    char buffer[1024];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return 1;
    for (;;) {
        socklen_t size = sizeof peer;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        sleep(1);
        if (n >= 0) sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, size);
    }
}
