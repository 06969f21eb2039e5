#include "CLinux.h"

#include <linux/openat2.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/syscall.h>

_Static_assert(CLINUX_O_PATH == O_PATH, "O_PATH");
_Static_assert(CLINUX_O_TMPFILE == O_TMPFILE, "O_TMPFILE");
_Static_assert(CLINUX_AT_EMPTY_PATH == AT_EMPTY_PATH, "AT_EMPTY_PATH");

int clinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

int clinux_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int clinux_accept4(int listener, int flags) { return accept4(listener, NULL, NULL, flags); }
int clinux_syncfs(int descriptor) { return syncfs(descriptor); }

void clinux_malloc_trim(void) { malloc_trim(0); }

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
