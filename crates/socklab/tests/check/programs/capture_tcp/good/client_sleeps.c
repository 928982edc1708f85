/* A student who sleeps after connect(), when the server may believe that nobody is there. */
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    char reply[1025];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(3500)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) return 1;
    sleep(2);
    write(fd, "hello", 5);
    ssize_t n = read(fd, reply, sizeof reply - 1);
    reply[n < 0 ? 0 : n] = 0;
    sleep(1);
    close(fd);
    printf("reply: %s\n", reply);
    return 0;
}
