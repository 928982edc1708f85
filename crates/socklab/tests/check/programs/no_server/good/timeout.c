/* A student who sets SO_RCVTIMEO, as socket(7) says. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/time.h>

int main(void) {
    char reply[1025];
    struct timeval limit = {.tv_sec = 2};
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(3500)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sendto(fd, "hello", 5, 0, (struct sockaddr *)&server, sizeof server);
    ssize_t n = recv(fd, reply, sizeof reply - 1, 0);
    if (n < 0) {
        perror("no reply");
        return 2;
    }
    reply[n] = 0;
    printf("reply: %s\n", reply);
    return 0;
}
