/* A student who sets an alarm and no handler: SIGALRM kills the program. */
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    char reply[1025];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(3500)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    printf("asking\n");
    fflush(stdout);
    alarm(2);
    sendto(fd, "hello", 5, 0, (struct sockaddr *)&server, sizeof server);
    ssize_t n = recv(fd, reply, sizeof reply - 1, 0);
    reply[n < 0 ? 0 : n] = 0;
    printf("reply: %s\n", reply);
    return 0;
}
