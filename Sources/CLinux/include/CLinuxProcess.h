#ifndef C_LINUX_PROCESS_H
#define C_LINUX_PROCESS_H
// Processes, namespaces, privileges. No function here has a wrapper in glibc that Swift could call, unless its comment
// says another reason. All return -1 and set errno where they fail.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// clone3(2): the child goes on where the caller is, on the same stack, so the caller must have one thread. `cgroup` is
// a folder of cgroup v2 that the child starts in, or -1. Signal handlers are reset; the exit signal is SIGCHLD.
pid_t clinux_clone(uint64_t flags, int cgroup, int *pidfd);

// A process that does nothing, in new namespaces, until it is killed or the calling thread ends. Callers may have
// threads: the child runs nothing but this.
pid_t clinux_hold_namespaces(uint64_t flags, int *pidfd);
// Calls `body` in a process that shares this one's memory and descriptors, as that of vfork(2) does, but is in the user
// namespace `users` with all capabilities there, and in a mount namespace of its own. The calling thread waits; signals
// are its, and one that ends it ends the other. -1 and errno where the namespaces cannot be had: nothing was called then.
int clinux_in_user_namespace(int users, void (*body)(void *), void *context);
// Whether the caller is in such a `body`.
bool clinux_is_in_user_namespace(void);

int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_send_signal(int pidfd, int signal);
// siginfo_t's fields are macros. The exit status as a shell gives it, 128 + n for signal n; -1 and EAGAIN where
// `options` has WNOHANG and the process runs.
int clinux_wait(int pidfd, int options);
// The same for any child, whose id is stored in `pid`; -1 and ECHILD where there is none.
int clinux_wait_any(pid_t *pid, int options);

// Behind _GNU_SOURCE, out of the Glibc module's sight: unshare, setns, setresuid, setresgid, close_range, execveat.
int clinux_unshare(int flags);
int clinux_setns(int descriptor, int kind);
// Raw calls: the caller has one thread, and glibc's need not signal others.
int clinux_setresuid(uid_t id);
int clinux_setresgid(gid_t id);
int clinux_setgroups(size_t count, const gid_t *ids);
// Whose files the caller makes and opens, its capabilities kept: the change alone would drop those over files.
int clinux_act_as(uid_t user, gid_t group);
int clinux_close_range(unsigned first, unsigned last, int on_exec);
int clinux_execveat(int directory, const char *path, char *const *arguments, char *const *environment, int flags);

// Variadic.
int clinux_prctl(int option, unsigned long a, unsigned long b);
int clinux_ioctl(int descriptor, unsigned long request, unsigned long argument);

// capget and capset, whose two 32-bit halves are joined here.
int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int clinux_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);

// With the flag SECCOMP_FILTER_FLAG_NEW_LISTENER: the listener's descriptor.
int clinux_seccomp_load(unsigned flags, const void *instructions, unsigned short count);
int clinux_join_new_session_keyring(void);
int clinux_ioprio_set(int value);
int clinux_personality(unsigned long value);

// sched_setattr(2) has no wrapper in glibc 2.36, and sched_setaffinity is behind _GNU_SOURCE. Of the calling process.
int clinux_sched_setattr(
    uint32_t policy, uint64_t flags, int32_t nice, uint32_t priority, uint64_t runtime, uint64_t deadline,
    uint64_t period);
int clinux_sched_setaffinity(const uint64_t *mask, size_t length);

// RLIMIT_* are enumerators that do not fit the calls' parameter in Swift.
int clinux_setrlimit(int resource, uint64_t soft, uint64_t hard);
int clinux_getrlimit(int resource, uint64_t *soft, uint64_t *hard);
// Of another process. glibc's prlimit(2) has a struct of its own; the kernel's is these two numbers everywhere.
int clinux_getrlimit_of(pid_t process, int resource, uint64_t *soft, uint64_t *hard);

// struct ifreq is a union of macros. Sets the interface `lo` of the current network namespace up.
int clinux_loopback_up(void);

enum {
    CLINUX_CLONE_PARENT = 0x00008000,
    CLINUX_NEWTIME = 0x00000080,
    CLINUX_NEWNS = 0x00020000,
    CLINUX_NEWCGROUP = 0x02000000,
    CLINUX_NEWUTS = 0x04000000,
    CLINUX_NEWIPC = 0x08000000,
    CLINUX_NEWUSER = 0x10000000,
    CLINUX_NEWPID = 0x20000000,
    CLINUX_NEWNET = 0x40000000,
};

#endif
