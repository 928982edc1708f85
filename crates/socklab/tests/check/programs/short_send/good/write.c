/* Un estudiante que repite write() con lo que falta. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    const char *message = "one message, as many calls as it takes";
    char reply[1025];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(3500)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) return 1;
    size_t size = strlen(message), sent = 0;
    while (sent < size) {
        size_t piece = size - sent < 5 ? size - sent : 5;
        ssize_t n = write(fd, message + sent, piece);
        if (n < 0) return 1;
        sent += n;
    }
    ssize_t n = read(fd, reply, sizeof reply - 1);
    reply[n < 0 ? 0 : n] = 0;
    printf("reply: %s\n", reply);
    return 0;
}
