/* A student who knows listen(2). */
#include <arpa/inet.h>
#include <unistd.h>

int main(void) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, 1) < 0) return 1;
    for (;;) {
        char buffer[1024];
        int client = accept(fd, NULL, NULL);
        ssize_t n = read(client, buffer, sizeof buffer);
        if (n > 0) send(client, buffer, n, MSG_NOSIGNAL);
        close(client);
    }
}
