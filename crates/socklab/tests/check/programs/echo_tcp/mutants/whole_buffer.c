/* Un estudiante que devuelve el búfer entero, con los ceros. */
#include <arpa/inet.h>
#include <unistd.h>

int main(void) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    listen(fd, 5);
    for (;;) {
        char buffer[1024] = {0};
        int client = accept(fd, NULL, NULL);
        recv(client, buffer, sizeof buffer, 0);
        send(client, buffer, sizeof buffer, 0);
        close(client);
    }
}
