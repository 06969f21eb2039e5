// steps PROGRAM ARGUMENT...: runs PROGRAM one instruction at a time, with what it starts, and prints the address of each
// 16 bytes of it the first time that they are executed. What has executed another program is let go.
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 0x2000000 };  // the program is linked to lie below

static unsigned char seen[LIMIT >> 4];

static int is_the_program(pid_t pid, const struct stat *program) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return stat(path, &status) == 0 && status.st_ino == program->st_ino;
}

int main(int count, char **arguments) {
    struct stat program;
    if (count < 2 || stat(arguments[1], &program) < 0) return 2;
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, 0,
           PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, pid, 0, 0);
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status)) continue;
        int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC && !is_the_program(pid, &program)) {
            ptrace(PTRACE_DETACH, pid, 0, 0);
            continue;
        }
        if (event == 0 && signal == SIGTRAP) {
            unsigned long address = (unsigned long)ptrace(
                PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, rip), 0);
            if (address < LIMIT && !seen[address >> 4]) {
                seen[address >> 4] = 1;
                printf("%lx\n", address);
            }
        }
        ptrace(PTRACE_SINGLESTEP, pid, 0, event || signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
    }
    return 0;
}
