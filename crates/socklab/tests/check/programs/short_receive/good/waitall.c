/* A student who lets the kernel wait: MSG_WAITALL fills the buffer or comes to the end. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static void attend(int client) {
    uint32_t size;
    while (recv(client, &size, sizeof size, MSG_WAITALL) == sizeof size) {
        uint32_t n = ntohl(size), done = 0;
        if (n > 10000000) return;
        char *message = malloc(n + 1);
        if (recv(client, message, n, MSG_WAITALL) != n) return;
        send(client, &size, sizeof size, 0);
        while (done < n) {
            ssize_t sent = send(client, message + done, n - done, 0);
            if (sent < 0) return;
            done += sent;
        }
        free(message);
    }
}

int main(void) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    listen(fd, 5);
    for (;;) {
        int client = accept(fd, NULL, NULL);
        attend(client);
        close(client);
    }
}
