/* Says which signals are not as a program finds them that somebody starts at a terminal. */
#include <signal.h>
#include <stdio.h>

int main(void) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL) printf("handler %d\n", number);
        if (sigismember(&mask, number) == 1) printf("blocked %d\n", number);
    }
    puts("looked");
    return 0;
}
