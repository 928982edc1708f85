/* Un estudiante que mide con strlen() y no termina la cadena: vuelve el final del mensaje anterior. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
    static char buffer[2048];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(3500)}, peer;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    for (;;) {
        socklen_t size = sizeof peer;
        recvfrom(fd, buffer, sizeof buffer - 1, 0, (struct sockaddr *)&peer, &size);
        sendto(fd, buffer, strlen(buffer), 0, (struct sockaddr *)&peer, size);
    }
}
