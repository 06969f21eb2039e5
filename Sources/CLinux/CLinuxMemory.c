#include "CLinuxMemory.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// The linker's: the first byte of the program, the first after its code, and the first after its data.
extern char __executable_start[] __attribute__((weak));
extern char etext[] __attribute__((weak));
extern char end[] __attribute__((weak));

static void drop(uintptr_t from, uintptr_t to) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    from = (from + page - 1) & ~(page - 1);
    to &= ~(page - 1);
    // Read-only pages of a file, or stack below all that is in use: nothing is lost.
    if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
}

// Data of the program that was never written to is still the file's, and comes back from there; a page that was written
// to is this process's only copy. /proc/self/pagemap tells which is which: bit 63 present, bit 61 of a file.
static void drop_unwritten(uintptr_t from, uintptr_t to) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0) return;
    uint64_t entries[64];
    for (from &= ~(page - 1); from < to;) {
        ssize_t size = pread(pagemap, entries, sizeof entries, (off_t)(from / page * sizeof entries[0]));
        if (size < (ssize_t)sizeof entries[0]) break;
        for (size_t i = 0; i < (size_t)size / sizeof entries[0] && from < to; i++, from += page)
            if (entries[i] >> 63 && (entries[i] >> 61 & 1)) drop(from, from + page);
    }
    close(pagemap);
}

// Not inlined: its frame is below all that is in use.
__attribute__((noinline)) static void drop_stack(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    // Past the red zone, and a page for the call itself.
    drop(here - (1 << 20), here - (8 << 10));
}

void clinux_give_back_memory(void) {
    malloc_trim(0);
    drop_stack();
    if (!__executable_start || !etext || !end) return;
    drop_unwritten((uintptr_t)etext, (uintptr_t)end);
    // Last, since what runs now comes back at once.
    drop((uintptr_t)__executable_start, (uintptr_t)etext);
}
