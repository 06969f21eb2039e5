#include "CLinuxInterruption.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile sig_atomic_t is_over;
static volatile int targets[CLINUX_INTERRUPTION_PROCESSES] = {-1, -1};

static void kill_target(int slot) {
    if (!is_over && targets[slot] >= 0) syscall(SYS_pidfd_send_signal, targets[slot], SIGKILL, NULL, 0);
}

static void end(int signal) {
    int before = errno;
    caught = signal;
    for (int slot = 0; slot < CLINUX_INTERRUPTION_PROCESSES; slot++) kill_target(slot);
    errno = before;
}

void clinux_interruption_begin(void) {
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    // The caller may have them blocked.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

void clinux_interruption_target(int slot, int pidfd) {
    targets[slot] = pidfd;
    if (caught) kill_target(slot);
}

void clinux_interruption_end(void) { is_over = 1; }

int clinux_interruption(void) { return caught; }
