#include "CLinuxSuccession.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
static pid_t owner;
static char digits[3];
static char *arguments[4];

void clinux_end_by(int number) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

static void succeed(int number) {
    // Not a child that has yet to become another program.
    if (getpid() == owner) {
        digits[0] = (char)('0' + number / 10);
        digits[1] = (char)('0' + number % 10);
        execve("/proc/self/exe", arguments, environ);
    }
    clinux_end_by(number);
}

void clinux_succession_begin(char *name, char *word) {
    owner = getpid();
    arguments[0] = name;
    arguments[1] = word;
    arguments[2] = digits;
    struct sigaction action = {.sa_handler = succeed}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) sigaddset(&action.sa_mask, ends[i]);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(ends[i], &action, NULL);
    }
}
