#include "CLinuxProcess.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(CLINUX_NEWNS == CLONE_NEWNS && CLINUX_NEWUSER == CLONE_NEWUSER, "CLONE_NEW*");
_Static_assert(CLINUX_NEWPID == CLONE_NEWPID && CLINUX_NEWNET == CLONE_NEWNET, "CLONE_NEW*");
_Static_assert(CLINUX_NEWUTS == CLONE_NEWUTS && CLINUX_NEWIPC == CLONE_NEWIPC, "CLONE_NEW*");
_Static_assert(CLINUX_NEWCGROUP == CLONE_NEWCGROUP && CLINUX_NEWTIME == CLONE_NEWTIME, "CLONE_NEW*");

// What CLONE_CLEAR_SIGHAND does.
static void drop_handlers(void) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN) signal(number, SIG_DFL);
    }
}

pid_t clinux_clone(uint64_t flags, int cgroup, int *pidfd) {
    struct clone_args arguments = {
        .flags = flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        // A sibling's is that of the process whose child it becomes: to name one is EINVAL.
        .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
        .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
    };
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    // So a usual filter of system calls answers it, which cannot see its flags; they show in the older call.
    if (pid >= 0 || (errno != ENOSYS && errno != EPERM) || flags != 0 || cgroup >= 0) return pid;
    pid = (pid_t)syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, NULL);
    if (pid == 0) drop_handlers();
    return pid;
}

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

static int wait_status(idtype_t kind, id_t id, pid_t *pid, int options) {
    siginfo_t info = {0};
    int result;
    do result = waitid(kind, id, &info, WEXITED | options);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -1;
    if (info.si_pid == 0) {
        errno = EAGAIN;
        return -1;
    }
    if (pid) *pid = info.si_pid;
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

int clinux_wait(int pidfd, int options) { return wait_status(P_PIDFD, (id_t)pidfd, NULL, options); }
int clinux_wait_any(pid_t *pid, int options) { return wait_status(P_ALL, 0, pid, options); }

int clinux_unshare(int flags) { return unshare(flags); }
int clinux_setns(int descriptor, int kind) { return setns(descriptor, kind); }
int clinux_setresuid(uid_t id) { return (int)syscall(SYS_setresuid, id, id, id); }
int clinux_setresgid(gid_t id) { return (int)syscall(SYS_setresgid, id, id, id); }
int clinux_setgroups(size_t count, const gid_t *ids) { return (int)syscall(SYS_setgroups, count, ids); }

pid_t clinux_hold_namespaces(uint64_t flags, int *pidfd) {
    pid_t pid = clinux_clone(flags, -1, pidfd);
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
}

struct visit {
    int users;
    void (*body)(void *);
    void *context;
    pid_t caller;
    int error;
    bool is_over;
};

// The visitor has the storage of the thread that waits for it.
static _Thread_local bool is_visiting;

static int visit(void *argument) {
    struct visit *visit = argument;
    // A caller that ends takes this with it; one that has ended before it could be asked for is another's by now.
    if (setns(visit->users, CLONE_NEWUSER) < 0 || unshare(CLONE_NEWNS) < 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != visit->caller) {
        visit->error = errno;
        return 0;
    }
    is_visiting = true;
    visit->body(visit->context);
    is_visiting = false;
    visit->is_over = true;
    return 0;
}

bool clinux_is_in_user_namespace(void) { return is_visiting; }

int clinux_in_user_namespace(int users, void (*body)(void *), void *context) {
    // As much as a thread's: only what is touched takes memory.
    const size_t size = 8 << 20;
    char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -1;
    struct visit entry = {.users = users, .body = body, .context = context, .caller = getpid()};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = clone(visit, stack + size, CLONE_VM | CLONE_VFORK | CLONE_FILES, &entry);
    int error = pid < 0 ? errno : entry.error, status = 0;
    if (pid > 0) {
        while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR) {}
        // The change of credentials has made the memory that both have unreadable: of /proc/self as well.
        prctl(PR_SET_DUMPABLE, 1);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, size);
    // It ended in the middle, and what it held is held for ever.
    if (pid > 0 && !error && !entry.is_over) raise(WIFSIGNALED(status) ? WTERMSIG(status) : SIGABRT);
    if (!error) return 0;
    errno = error;
    return -1;
}

int clinux_act_as(uid_t user, gid_t group) {
    uint64_t effective, permitted, inheritable;
    if (clinux_capget(&effective, &permitted, &inheritable) < 0) return -1;
    // These two never fail: they return what was before.
    syscall(SYS_setfsgid, group);
    syscall(SYS_setfsuid, user);
    return clinux_capset(effective, permitted, inheritable);
}

int clinux_close_range(unsigned first, unsigned last, int on_exec) {
    return (int)syscall(SYS_close_range, first, last, on_exec ? 4U /* CLOSE_RANGE_CLOEXEC */ : 0U);
}

int clinux_execveat(int directory, const char *path, char *const *arguments, char *const *environment, int flags) {
    return (int)syscall(SYS_execveat, directory, path, arguments, environment, flags);
}

int clinux_prctl(int option, unsigned long a, unsigned long b) { return prctl(option, a, b, 0UL, 0UL); }

int clinux_ioctl(int descriptor, unsigned long request, unsigned long argument) {
    return ioctl(descriptor, request, argument);
}

static struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

int clinux_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable) {
    struct __user_cap_data_struct data[2] = {{0}};
    if (syscall(SYS_capget, &header, data) < 0) return -1;
    *effective = data[0].effective | (uint64_t)data[1].effective << 32;
    *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return 0;
}

int clinux_seccomp_load(unsigned flags, const void *instructions, unsigned short count) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int clinux_join_new_session_keyring(void) { return (int)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); }
int clinux_ioprio_set(int value) { return (int)syscall(SYS_ioprio_set, 1 /* this process */, 0, value); }
int clinux_personality(unsigned long value) { return personality(value); }

int clinux_sched_setattr(
    uint32_t policy, uint64_t flags, int32_t nice, uint32_t priority, uint64_t runtime, uint64_t deadline,
    uint64_t period) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {48, policy, flags, nice, priority, runtime, deadline, period};
    _Static_assert(sizeof attributes == 48, "struct sched_attr, first version");
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int clinux_sched_setaffinity(const uint64_t *mask, size_t length) {
    return (int)syscall(SYS_sched_setaffinity, 0, length, mask);
}

int clinux_setrlimit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(resource, &limit);
}

int clinux_getrlimit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0) return -1;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}

int clinux_getrlimit_of(pid_t process, int resource, uint64_t *soft, uint64_t *hard) {
    uint64_t limit[2];
    if (syscall(SYS_prlimit64, process, resource, NULL, limit) < 0) return -1;
    *soft = limit[0];
    *hard = limit[1];
    return 0;
}

int clinux_loopback_up(void) {
    int socket_descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_descriptor < 0) return -1;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = ioctl(socket_descriptor, SIOCSIFFLAGS, &request);
    int reason = errno;
    close(socket_descriptor);
    errno = reason;
    return result;
}
