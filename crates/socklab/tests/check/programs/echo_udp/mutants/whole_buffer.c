/* A student who sends the whole buffer back, not the part that was filled. */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    char buffer[1024] = {0};
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    for (;;) {
        socklen_t size = sizeof peer;
        recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        sendto(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, size);
    }
}
