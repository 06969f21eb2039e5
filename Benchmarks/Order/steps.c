// steps OUTPUT PROGRAM ARGUMENT...: runs PROGRAM one instruction at a time, wherever it or what it starts executes it,
// and adds to the file OUTPUT the address of each 16 bytes of it the first time that they are executed, or are read or
// written by it. Of a program that always lies at the same address it writes too, where a process ends or executes
// another, which words of the data are no longer what the file says. Other programs run as ever.
#define _GNU_SOURCE
#include <capstone/capstone.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
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

// Where an instruction reaches into memory: base + index * scale + displacement.
struct reach {
    unsigned char base, index, scale;
    long displacement;
};

// What is at one address of the program: read and taken apart once.
struct instruction {
    unsigned long address;
    unsigned char length, count;
    struct reach reaches[2];
};

static csh disassembler;

// The offset of a register in user_regs_struct, and 1; 0 of none, or of one that is no whole address.
static unsigned char place(x86_reg name) {
    static const struct { x86_reg name; size_t offset; } places[] = {
        {X86_REG_RAX, offsetof(struct user_regs_struct, rax)}, {X86_REG_RBX, offsetof(struct user_regs_struct, rbx)},
        {X86_REG_RCX, offsetof(struct user_regs_struct, rcx)}, {X86_REG_RDX, offsetof(struct user_regs_struct, rdx)},
        {X86_REG_RSI, offsetof(struct user_regs_struct, rsi)}, {X86_REG_RDI, offsetof(struct user_regs_struct, rdi)},
        {X86_REG_RBP, offsetof(struct user_regs_struct, rbp)}, {X86_REG_RSP, offsetof(struct user_regs_struct, rsp)},
        {X86_REG_R8, offsetof(struct user_regs_struct, r8)},   {X86_REG_R9, offsetof(struct user_regs_struct, r9)},
        {X86_REG_R10, offsetof(struct user_regs_struct, r10)}, {X86_REG_R11, offsetof(struct user_regs_struct, r11)},
        {X86_REG_R12, offsetof(struct user_regs_struct, r12)}, {X86_REG_R13, offsetof(struct user_regs_struct, r13)},
        {X86_REG_R14, offsetof(struct user_regs_struct, r14)}, {X86_REG_R15, offsetof(struct user_regs_struct, r15)},
        {X86_REG_RIP, offsetof(struct user_regs_struct, rip)},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].name == name) return places[i].offset + 1;
    return 0;
}

static const struct instruction *instruction_at(pid_t pid, unsigned long address, unsigned long base) {
    static struct instruction kept[1 << 20];
    struct instruction *it = &kept[(address - base) % (sizeof kept / sizeof *kept)];
    if (it->address == address) return it;
    *it = (struct instruction){.address = address};
    unsigned char bytes[16];
    for (int i = 0; i < 2; i++) {
        long word = ptrace(PTRACE_PEEKTEXT, pid, address + 8 * i, 0);
        memcpy(bytes + 8 * i, &word, sizeof word);
    }
    cs_insn *found;
    if (cs_disasm(disassembler, bytes, sizeof bytes, address, 1, &found) != 1) return it;
    it->length = found->size;
    // What only computes an address, or does nothing at length, reaches nowhere.
    int reaches = found->id != X86_INS_LEA && found->id != X86_INS_NOP;
    const cs_x86 *parts = &found->detail->x86;
    for (int i = 0; reaches && i < parts->op_count && it->count < 2; i++) {
        const x86_op_mem *memory = &parts->operands[i].mem;
        // A segment is another thread's own place, and no data of the file.
        if (parts->operands[i].type != X86_OP_MEM || memory->segment != X86_REG_INVALID) continue;
        it->reaches[it->count++] = (struct reach){
            place(memory->base), place(memory->index), memory->scale, memory->disp};
    }
    cs_free(found, 1);
    return it;
}

static unsigned long value(const struct user_regs_struct *registers, unsigned char place) {
    unsigned long value = 0;
    if (place) memcpy(&value, (const char *)registers + place - 1, sizeof value);
    return value;
}

static void see(unsigned long address) {
    if (address >= LIMIT || seen[address >> 4]) return;
    seen[address >> 4] = 1;
    fprintf(output, "%lx\n", address);
}

// What the next instruction executes, reads and writes of the program.
static void see_all(pid_t pid, const struct user_regs_struct *registers, unsigned long base) {
    see(registers->rip - base);
    const struct instruction *it = instruction_at(pid, registers->rip, base);
    for (int i = 0; i < it->count; i++) {
        const struct reach *reach = &it->reaches[i];
        unsigned long from = value(registers, reach->base);
        // Counted from the instruction that follows.
        if (reach->base == offsetof(struct user_regs_struct, rip) + 1) from += it->length;
        see(from + value(registers, reach->index) * reach->scale + reach->displacement - base);
    }
}

// Whether the next instruction asks the kernel to execute a program.
static int executes(pid_t pid, const struct user_regs_struct *registers) {
    if (registers->rax != SYS_execve && registers->rax != SYS_execveat) return 0;
    return (ptrace(PTRACE_PEEKTEXT, pid, registers->rip, 0) & 0xffff) == 0x050f;
}

int main(int count, char **arguments) {
    struct stat program;
    if (count < 3 || !(output = fopen(arguments[1], "ae")) || stat(arguments[2], &program) < 0) return 2;
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &disassembler) || cs_option(disassembler, CS_OPT_DETAIL, CS_OPT_ON)) return 2;
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
            // Those of others, libraries and the kernel's pages, lie above.
            if (registers.rip - base < LIMIT) see_all(pid, &registers, base);
            if (!base && executes(pid, &registers)) print_changed(pid, arguments[1]);
        }
        ptrace(PTRACE_SINGLESTEP, pid, 0, event || signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
    }
    return 0;
}
