#include "CStart.h"

static int argument_count;
static char **arguments;

// glibc hands these to each function that runs before main.
static void remember(int count, char **values, char **environment) {
    (void)environment;
    argument_count = count;
    arguments = values;
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all)(int, char **, char **) = remember;

char **cstart_arguments(int *count) {
    *count = argument_count;
    return arguments;
}

#ifdef CSTART_STATIC

// A static link takes in from libswiftCore.a only what is still undefined. Two of its files run at each start before
// main, and cost a launch of a container a fiftieth; defined here, what others want of them leaves them out. A dynamic
// libswiftCore.so, as debug builds use it, is left as it is.
//
// C, and not Swift, since both are called before Swift is ready.

// The Swift runtime reads /proc/self/maps to find its stack, and the arguments on it.
char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
    *count = argument_count;
    return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count) {
    arguments = values;
    argument_count = count;
}

// The program that prints a backtrace after a crash lies in a Swift toolchain, and where containers run there is none:
// the runtime looks for it in eight folders. Its settings, all off; what reads them reads the first, a short number.
long _swift_backtraceSettings[64];

// What the runtime asks of a function's name for that program's sake.
_Bool _swift_backtrace_isThunkFunction(const char *name) {
    (void)name;
    return 0;
}

#endif
