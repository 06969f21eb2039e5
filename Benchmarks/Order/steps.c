// steps OUTPUT PROGRAM ARGUMENT...: runs PROGRAM one instruction at a time, wherever it or what it starts executes it,
// and adds to the file OUTPUT the address of each 16 bytes of it the first time that they are executed. Of a program that
// always lies at the same address it writes too, where a process ends or executes another, which words of the data are no
// longer what the file says. Other programs run as ever.
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 0x2000000 };  // the program is linked to lie below
static const unsigned long UNRANDOMIZED = 0x555555554000;  // where Linux on x86-64 puts what may lie anywhere

static unsigned char seen[LIMIT >> 4];
static FILE *output;

static int is_the_program(pid_t pid, const struct stat *program) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return stat(path, &status) == 0 && status.st_ino == program->st_ino;
}

static int lies_anywhere(const char *program) {
    Elf64_Ehdr header = {0};
    int file = open(program, O_RDONLY | O_CLOEXEC);
    pread(file, &header, sizeof header, 0);
    close(file);
    return header.e_type == ET_DYN;
}

// Words of PROGRAM's data that PID has changed.
static void print_changed(pid_t pid, const char *program) {
    static unsigned char was[4096], is[4096];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int file = open(program, O_RDONLY | O_CLOEXEC), memory = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr header;
    pread(file, &header, sizeof header, 0);
    for (int i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        pread(file, &segment, sizeof segment, header.e_phoff + i * sizeof segment);
        if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_W)) continue;
        for (size_t from = 0; from < segment.p_memsz; from += sizeof is) {
            memset(was, 0, sizeof was);
            size_t length = segment.p_memsz - from < sizeof is ? segment.p_memsz - from : sizeof is;
            if (from < segment.p_filesz) {
                size_t kept = segment.p_filesz - from < length ? segment.p_filesz - from : length;
                pread(file, was, kept, segment.p_offset + from);
            }
            if (pread(memory, is, length, segment.p_vaddr + from) != (ssize_t)length) continue;
            for (size_t word = 0; word < length; word += 8)
                if (memcmp(was + word, is + word, 8)) fprintf(output, "%lx\n", segment.p_vaddr + from + word);
        }
    }
    close(file), close(memory);
}

// Whether the next instruction asks the kernel to execute a program.
static int executes(pid_t pid, const struct user_regs_struct *registers) {
    if (registers->rax != SYS_execve && registers->rax != SYS_execveat) return 0;
    return (ptrace(PTRACE_PEEKTEXT, pid, registers->rip, 0) & 0xffff) == 0x050f;
}

int main(int count, char **arguments) {
    struct stat program;
    if (count < 3 || !(output = fopen(arguments[1], "ae")) || stat(arguments[2], &program) < 0) return 2;
    arguments++;
    unsigned long base = lies_anywhere(arguments[1]) ? UNRANDOMIZED : 0;
    pid_t pid = fork();
    if (pid == 0) {
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, 0,
           PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT |
               PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, pid, 0, 0);
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status)) continue;
        int signal = WSTOPSIG(status), event = status >> 16, stepped = event == 0 && signal == SIGTRAP;
        if (!stepped && !is_the_program(pid, &program)) {
            ptrace(PTRACE_CONT, pid, 0, event || signal == SIGSTOP ? 0 : signal);
            continue;
        }
        if (event == PTRACE_EVENT_EXIT) {
            if (!base) print_changed(pid, arguments[1]);
            ptrace(PTRACE_CONT, pid, 0, 0);
            continue;
        }
        if (stepped) {
            struct user_regs_struct registers;
            ptrace(PTRACE_GETREGS, pid, 0, &registers);
            unsigned long address = registers.rip - base;
            if (address < LIMIT && !seen[address >> 4]) {
                seen[address >> 4] = 1;
                fprintf(output, "%lx\n", address);
            }
            if (!base && executes(pid, &registers)) print_changed(pid, arguments[1]);
        }
        ptrace(PTRACE_SINGLESTEP, pid, 0, event || signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
    }
    return 0;
}
