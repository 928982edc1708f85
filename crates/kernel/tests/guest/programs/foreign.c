/* Makes a call as a program of 32 bits would: getpid(2), which is harmless. */
#include <stdio.h>

int main(void) {
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    printf("WORKS %ld\n", result);
    return 0;
}
