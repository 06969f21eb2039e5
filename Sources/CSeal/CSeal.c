#include "CSeal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

// A container whose root is the host's could open /proc/PID/exe of a process on its way into it, and overwrite this
// program on the host's disk (CVE-2019-5736). So the verbs that go near a container execute the program again from a
// mount of its own file that is read-only and hangs nowhere.
//
// C, and not Swift, since it runs before the C library has started, where the program is static: each start of the C
// library asks the processor 60 times what it can do, which in a virtual machine is a third of a millisecond. So
// nothing here may need the library: no call of it, no errno, nothing that a compiler turns into memset.

static int result;
static int is_done;

int cseal_result(void) { return result; }

// The kernel's own calling convention: the result, or an errno below zero.
static long call(long number, long a, long b, long c, long d, long e) {
#if defined(__x86_64__)
    long outcome;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(outcome)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return outcome;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#else
#error "the kernel's calling convention of this processor is to be written here"
#endif
}

static int is_same(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

// Whether the verb, the first argument that is neither an option nor the value of one, goes near a container.
static int is_needed(int count, char **arguments) {
    static const char *const valued[] = {
        "--root", "--log", "--log-format", "--log-level", "--cgroup-manager", "--rootless"};
    static const char *const verbs[] = {"create", "run", "exec", "enter", "supervise"};
    for (int i = 1; i < count; i++) {
        const char *word = arguments[i];
        if (word[0] == '-') {
            for (unsigned k = 0; k < sizeof valued / sizeof *valued; k++)
                if (is_same(word, valued[k])) i++;
            continue;
        }
        for (unsigned k = 0; k < sizeof verbs / sizeof *verbs; k++)
            if (is_same(word, verbs[k])) return 1;
        return 0;
    }
    return 0;
}

__attribute__((used, no_builtin)) static void seal(int count, char **arguments, char **environment) {
    struct statfs status;
    if (is_done) return;
    is_done = 1;
    // A person's program can be overwritten by that person's containers, as by the person; of the host it is nothing.
    if (!is_needed(count, arguments) || call(SYS_geteuid, 0, 0, 0, 0, 0) != 0) return;
    if (call(SYS_statfs, (long)"/proc/self/exe", (long)&status, 0, 0, 0) == 0 && status.f_flags & 1 /* ST_RDONLY */) {
        // The kernel names a program after its file, which now has no name.
        call(SYS_prctl, PR_SET_NAME, (long)"boxtop-runtime", 0, 0, 0);
        return;
    }
    long tree = call(SYS_open_tree, AT_FDCWD, (long)"/proc/self/exe", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, 0, 0);
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    long outcome = tree;
    if (tree >= 0)
        outcome = call(SYS_mount_setattr, tree, (long)"", AT_EMPTY_PATH, (long)&attributes, sizeof attributes);
    if (outcome >= 0)
        outcome =
            call(SYS_execveat, tree, (long)"", (long)arguments, (long)environment, AT_EMPTY_PATH);
    result = (int)-outcome;
    if (tree >= 0) call(SYS_close, tree, 0, 0, 0, 0);
}

// Where the program is dynamic, as debug builds are, the C library runs this first of all.
__attribute__((section(".preinit_array"), used)) static void (*const before_all)(int, char **, char **) = seal;

// Where it is static, the linker makes cseal_entry the first instruction of the program. The stack then holds the
// count, the arguments, a null, the environment: what main gets.
__attribute__((used, no_builtin)) static void begin(long *stack) {
    char **arguments = (char **)(stack + 1);
    seal((int)*stack, arguments, arguments + *stack + 1);
}

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl cseal_entry\n"
        ".type cseal_entry, @function\n"
        "cseal_entry:\n"
        "    mov %rsp, %rdi\n"
        "    push %rdx\n"  // for _start: what to call at the end
        "    sub $8, %rsp\n"
        "    call begin\n"
        "    add $8, %rsp\n"
        "    pop %rdx\n"
        "    jmp _start\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl cseal_entry\n"
        ".type cseal_entry, @function\n"
        "cseal_entry:\n"
        "    stp x0, x30, [sp, #-16]!\n"  // for _start: what to call at the end
        "    add x0, sp, #16\n"
        "    bl begin\n"
        "    ldp x0, x30, [sp], #16\n"
        "    b _start\n");
#endif
