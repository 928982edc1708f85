/* Una estudiante que en C no pensó en SIGPIPE: escribir a quien cortó mata al proceso, sin decir nada. */
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
        char buffer[2048];
        ssize_t n, sent, now;
        int client = accept(fd, NULL, NULL);
        while ((n = read(client, buffer, sizeof buffer)) > 0)
            for (sent = 0; sent < n;)
                if ((now = write(client, buffer + sent, n - sent)) > 0) sent += now;
        close(client);
    }
}
