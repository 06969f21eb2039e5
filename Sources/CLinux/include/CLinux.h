#ifndef C_LINUX_H
#define C_LINUX_H
// What Swift's Glibc module leaves out: headers, macros, and the calls that glibc has no wrapper for.
// Each function says why it is not Swift.

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "CLinuxDevices.h"
#include "CLinuxInterruption.h"
#include "CLinuxMemory.h"
#include "CLinuxMounts.h"
#include "CLinuxPackets.h"
#include "CLinuxPidfd.h"
#include "CLinuxProcess.h"
#include "CLinuxSuccession.h"

// openat is variadic, which Swift cannot call.
int clinux_openat(int directory, const char *path, int flags, mode_t mode);

// pipe2, renameat2 and getrandom are behind _GNU_SOURCE, out of the Glibc module's sight.
int clinux_pipe2(int descriptors[2], int flags);

// accept4 is behind _GNU_SOURCE as well. Any address of the peer is dropped.
int clinux_accept4(int listener, int flags);
// A file that lies in memory and has no name: memfd_create(2), behind _GNU_SOURCE, close-on-exec.
int clinux_memory_file(const char *name);
// syncfs is behind _GNU_SOURCE too.
int clinux_syncfs(int descriptor);

// openat2(2) has no glibc wrapper; `resolve` takes RESOLVE_* of <linux/openat2.h>.
int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

// bpf(2) has no glibc wrapper, and its argument is a union of structs without names, which Swift sees only in part.
// A filter of devices is a program of `count` instructions of 8 bytes, attached to a v2 group's open folder.
int clinux_bpf_load_device_filter(const uint64_t *instructions, uint32_t count);
int clinux_bpf_attach_device_filter(int group, int program);
int clinux_bpf_detach_device_filter(int group, int program);
// How many filters are attached to `group`; their ids go to `ids`.
int clinux_bpf_device_filters(int group, uint32_t *ids, uint32_t count);
// A descriptor of the program `id`.
int clinux_bpf_program(uint32_t id);

// Constants behind _GNU_SOURCE, or of headers newer than glibc's. CLinux.c asserts that each is the system's.
enum {
    CLINUX_O_PATH = 010000000,
    CLINUX_O_TMPFILE = 020200000,
    CLINUX_AT_EMPTY_PATH = 0x1000,
};

#endif
