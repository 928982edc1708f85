/* Four threads and four processes at once, each with sockets of its own. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int holds) { if (!holds) abort(); }

/* A socket of this type, bound to a port that the kernel chooses; its address is where `at` points. */
static int bound(int type, struct sockaddr_in *at) {
    socklen_t length = sizeof *at;
    int fd = socket(AF_INET, type, 0);
    memset(at, 0, sizeof *at);
    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(fd, (struct sockaddr *)at, sizeof *at) == 0);
    check(getsockname(fd, (struct sockaddr *)at, &length) == 0);
    return fd;
}

static void *datagrams(void *unused) {
    struct sockaddr_in at;
    int fd = bound(SOCK_DGRAM, &at);
    char byte = 'x';
    for (int i = 0; i < 25; i++) {
        check(sendto(fd, &byte, 1, 0, (struct sockaddr *)&at, sizeof at) == 1);
        check(recvfrom(fd, &byte, 1, 0, NULL, NULL) == 1);
    }
    close(fd);
    return unused;
}

static void stream(void) {
    struct sockaddr_in at;
    socklen_t length = sizeof at;
    char bytes[8];
    int error, listener = bound(SOCK_STREAM, &at), client = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t size = sizeof error;
    struct iovec piece = {"hola", 4}, room = {bytes, sizeof bytes};
    struct msghdr out = {.msg_iov = &piece, .msg_iovlen = 1}, in = {.msg_iov = &room, .msg_iovlen = 1};
    check(listen(listener, 1) == 0);
    check(connect(client, (struct sockaddr *)&at, sizeof at) == 0);
    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    check(getpeername(server, (struct sockaddr *)&at, &length) == 0);
    check(getsockopt(server, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    check(sendmsg(client, &out, 0) == 4);
    check(recvmsg(server, &in, 0) == 4);
    check(shutdown(client, SHUT_WR) == 0);
    check(recv(server, bytes, sizeof bytes, 0) == 0);
}

int main(void) {
    pthread_t threads[4];
    int pair[2];
    char byte;
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    for (int i = 0; i < 4; i++) {
        check(pthread_create(&threads[i], NULL, datagrams, NULL) == 0);
    }
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            stream();
            check(send(pair[1], "x", 1, 0) == 1);
            _exit(0);
        }
    }
    for (int i = 0; i < 4; i++) {
        check(recv(pair[0], &byte, 1, 0) == 1);
        check(wait(NULL) > 0);
        check(pthread_join(threads[i], NULL) == 0);
    }
    return 0;
}
