/* Made set-user-ID: ends with 0 if it has got nothing by that, and 1 if it acts as somebody else. */
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    socket(AF_INET, SOCK_DGRAM, 0);
    return geteuid() != getuid();
}
