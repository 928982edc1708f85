/* A student who measures the reply with strlen() in a buffer that keeps the message before. */
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    static char buffer[2048];
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    listen(fd, 5);
    for (;;) {
        int client = accept(fd, NULL, NULL);
        recv(client, buffer, sizeof buffer - 1, 0);
        send(client, buffer, strlen(buffer), MSG_NOSIGNAL);
        close(client);
    }
}
