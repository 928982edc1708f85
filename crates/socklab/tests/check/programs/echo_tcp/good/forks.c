/* A student who forks for each client, and asks the kernel to bury the children. */
#include <arpa/inet.h>
#include <signal.h>
#include <unistd.h>

int main(void) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGCHLD, SIG_IGN);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, 5) < 0) return 1;
    for (;;) {
        int client = accept(fd, NULL, NULL);
        if (fork() == 0) {
            char buffer[4096];
            ssize_t n;
            close(fd);
            while ((n = read(client, buffer, sizeof buffer)) > 0)
                if (send(client, buffer, n, MSG_NOSIGNAL) < 0) break;
            _exit(0);
        }
        close(client);
    }
}
