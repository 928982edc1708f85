/* Un estudiante que conecta el socket UDP y usa send() y recv(). */
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    char reply[1025];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(3500)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    connect(fd, (struct sockaddr *)&server, sizeof server);
    send(fd, "Hola desde C", 12, 0);
    ssize_t n = recv(fd, reply, sizeof reply - 1, 0);
    if (n < 0) return 1;
    reply[n] = 0;
    printf("--> %s\n", reply);
    close(fd);
    return 0;
}
