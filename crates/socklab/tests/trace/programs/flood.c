/* Two hundred thousand datagrams as fast as they go, fifty to a call, into a socket that nobody reads. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/socket.h>

enum { CALLS = 4000, EACH = 50 };

int main(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
    struct iovec piece = {"flood", 5};
    struct mmsghdr messages[EACH] = {0};
    if (bind(receiver, (struct sockaddr *)&at, sizeof at)) return 1;
    if (getsockname(receiver, (struct sockaddr *)&at, &length)) return 2;
    if (connect(sender, (struct sockaddr *)&at, sizeof at)) return 3;
    for (int i = 0; i < EACH; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &piece, .msg_iovlen = 1};
    for (int i = 0; i < CALLS; i++) {
        if (sendmmsg(sender, messages, EACH, 0) != EACH) return 4;
    }
    return 0;
}
