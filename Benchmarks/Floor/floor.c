// floor RECORDS ROOTFS: makes the system calls with which boxtop-runtime runs `true` in the container that `runc spec`
// describes, on a host of v1 trees, and nothing else: no config.json is read, nothing is checked, no failure is seen.
// What it takes is what a runtime that isolates as much cannot go below. For `Benchmarks/run start`.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))
int mount(const char *, const char *, const char *, unsigned long, const void *);  // <sys/mount.h> has what
int umount2(const char *, int);                                                    // <linux/mount.h> has as well

static const char *const trees[] = {"/sys/fs/cgroup/devices/boxtop-runtime", "/sys/fs/cgroup/freezer/boxtop-runtime"};
static const char *const groups[] = {
    "/sys/fs/cgroup/devices/boxtop-runtime/floor", "/sys/fs/cgroup/freezer/boxtop-runtime/floor"};

static void write_to(const char *path, const char *const *texts, size_t count) {
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    for (size_t i = 0; i < count; i++) write(file, texts[i], strlen(texts[i]));
    close(file);
}

// A new file system, mounted nowhere yet.
static int made(const char *type, const char *const options[][2], size_t count, unsigned attributes) {
    int context = syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", type, 0);
    for (size_t i = 0; i < count; i++)
        syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0);
    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
    int tree = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    close(context);
    return tree;
}

static int copied(int folder, const char *path, unsigned flags) {
    return syscall(SYS_open_tree, folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
}

static void change(int tree, unsigned attributes, unsigned flags) {
    struct mount_attr change = {.attr_set = attributes};
    syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | flags, &change, sizeof change);
}

static void attach(int tree, int place) {
    syscall(SYS_move_mount, tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int place(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return syscall(SYS_openat2, root, path, &how, sizeof how);
}

static void put(int tree, int root, const char *path) {
    int target = place(root, path);
    if (target < 0) {
        mkdirat(root, path, 0755);
        target = place(root, path);
    }
    attach(tree, target);
    close(target);
    close(tree);
}

static void receive_and_join(int channel) {
    char byte, control[64];
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(channel, &message, 0) <= 0 || !CMSG_FIRSTHDR(&message)) _exit(1);
    const int *entrances = (const int *)CMSG_DATA(CMSG_FIRSTHDR(&message));
    for (size_t i = 0; i < LENGTH(groups); i++) {
        write(entrances[i], "0", 1);
        close(entrances[i]);
    }
    unshare(CLONE_NEWCGROUP);
}

static void send_entrances(int channel) {
    char control[CMSG_SPACE(sizeof(int) * LENGTH(groups))] = {0};
    struct iovec part = {"x", 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int) * LENGTH(groups))};
    int entrances[LENGTH(groups)];
    for (size_t i = 0; i < LENGTH(groups); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/tasks", groups[i]);
        entrances[i] = open(path, O_WRONLY | O_CLOEXEC);
    }
    memcpy(CMSG_DATA(header), entrances, sizeof entrances);
    sendmsg(channel, &message, 0);
    for (size_t i = 0; i < LENGTH(groups); i++) close(entrances[i]);
}

static void mount_all(int root, int channel) {
    static const char *const dev[][2] = {{"mode", "755"}, {"size", "65536k"}};
    static const char *const terminals[][2] = {{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}};
    static const char *const shared[][2] = {{"mode", "1777"}, {"size", "65536k"}};
    unsigned plain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV;
    put(made("proc", 0, 0, 0), root, "proc");
    put(made("tmpfs", dev, 2, MOUNT_ATTR_NOSUID), root, "dev");
    put(made("devpts", terminals, 3, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC), root, "dev/pts");
    put(made("tmpfs", shared, 2, plain), root, "dev/shm");
    put(made("mqueue", 0, 0, plain), root, "dev/mqueue");
    put(made("sysfs", 0, 0, plain | MOUNT_ATTR_RDONLY), root, "sys");
    receive_and_join(channel);
    int base = made("tmpfs", dev, 1, 0), target = place(root, "sys/fs/cgroup");
    attach(base, target);
    close(target);
    for (size_t i = 0; i < LENGTH(groups); i++) {
        int tree = copied(AT_FDCWD, groups[i], 0);
        change(tree, plain | MOUNT_ATTR_RDONLY, 0);
        put(tree, base, i == 0 ? "devices" : "freezer");
    }
    change(base, plain | MOUNT_ATTR_RDONLY, 0);
    close(base);
}

static void make_devices(int root) {
    static const struct { const char *path; unsigned major, minor; } devices[] = {
        {"dev/null", 1, 3}, {"dev/zero", 1, 5}, {"dev/full", 1, 7}, {"dev/random", 1, 8}, {"dev/urandom", 1, 9},
        {"dev/tty", 5, 0}};
    static const char *const links[][2] = {
        {"/proc/self/fd", "dev/fd"}, {"/proc/self/fd/0", "dev/stdin"}, {"/proc/self/fd/1", "dev/stdout"},
        {"/proc/self/fd/2", "dev/stderr"}, {"pts/ptmx", "dev/ptmx"}};
    for (size_t i = 0; i < LENGTH(devices); i++)
        mknodat(root, devices[i].path, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor));
    for (size_t i = 0; i < LENGTH(links); i++) symlinkat(links[i][0], root, links[i][1]);
}

static void hide_and_protect(int root) {
    static const char *const masked[] = {
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"};
    static const char *const readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    int null = open("/dev/null", O_PATH | O_CLOEXEC), empty = made("tmpfs", 0, 0, MOUNT_ATTR_RDONLY);
    for (size_t i = 0; i < LENGTH(masked); i++) {
        int target = place(root, masked[i]);
        struct stat status;
        if (target < 0 || fstat(target, &status) < 0) continue;
        int tree = copied(S_ISDIR(status.st_mode) ? empty : null, "", AT_EMPTY_PATH);
        attach(tree, target);
        close(tree);
        close(target);
    }
    for (size_t i = 0; i < LENGTH(readonly); i++) {
        int target = place(root, readonly[i]);
        if (target < 0) continue;
        int tree = copied(target, "", AT_EMPTY_PATH | AT_RECURSIVE);
        change(tree, MOUNT_ATTR_RDONLY, AT_RECURSIVE);
        attach(tree, target);
        close(tree);
        close(target);
    }
    change(root, MOUNT_ATTR_RDONLY, 0);
}

static void become(const char *rootfs, int channel) {
    setsid();
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC);
    mount(0, "/", 0, 1 << 19 | 1 << 14 /* MS_SLAVE | MS_REC */, 0);
    int root = copied(AT_FDCWD, rootfs, AT_RECURSIVE), host = open("/", O_PATH | O_CLOEXEC);
    attach(root, host);
    close(host);
    mount_all(root, channel);
    make_devices(root);
    hide_and_protect(root);
    fchdir(root);
    syscall(SYS_pivot_root, ".", ".");
    umount2(".", 2 /* MNT_DETACH */);
    chdir("/");
    sethostname("runc", 4);
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int family = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ioctl(family, SIOCSIFFLAGS, &loopback);
    close(family);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (int number = 0; number < 41; number++)
        if (number != 5 && number != 10 && number != 29) prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    syscall(SYS_setgroups, 0, 0);
    setresgid(0, 0, 0);
    setresuid(0, 0, 0);
    syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
    execve("/bin/true", (char *[]){"true", 0}, (char *[]){"PATH=/bin", 0});
    _exit(127);
}

// Executes this program again from a mount that is read-only and hangs nowhere, as the runtime does.
static void seal(char **arguments) {
    struct statfs status;
    if (statfs("/proc/self/exe", &status) < 0 || status.f_flags & 1 /* ST_RDONLY */) return;
    int tree = copied(AT_FDCWD, "/proc/self/exe", 0);
    change(tree, MOUNT_ATTR_RDONLY, 0);
    syscall(SYS_execveat, tree, "", arguments, environ, AT_EMPTY_PATH);
}

static void read_all(const char *path) {
    char buffer[4096];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    while (read(file, buffer, sizeof buffer) > 0) {}
    close(file);
}

int main(int count, char **arguments) {
    static const char *const all[] = {"a"};
    static const char *const allowed[] = {"c *:* m", "b *:* m", "c 136:* rwm", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
                                          "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm"};
    static char text[2500];
    const char *const configuration[] = {text};
    char path[512], other[512];
    if (count != 3 || chdir(arguments[1]) < 0) return 2;
    seal(arguments);
    memset(text, ' ', sizeof text - 1);
    read_all("/proc/self/mountinfo");
    read_all("/proc/self/cgroup");
    mkdir("floor", 0711);
    write_to("floor/config.json", configuration, 1);
    int channel[2], process = -1, status = 0;
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel);
    struct clone_args clone = {
        .flags = CLONE_NEWPID | CLONE_PIDFD, .pidfd = (uintptr_t)&process, .exit_signal = SIGCHLD};
    pid_t child = syscall(SYS_clone3, &clone, sizeof clone);
    if (child == 0) become(arguments[2], channel[1]);
    close(channel[1]);
    for (size_t i = 0; i < LENGTH(groups); i++) {
        mkdir(trees[i], 0755);
        mkdir(groups[i], 0755);
    }
    snprintf(path, sizeof path, "%s/devices.deny", groups[0]);
    write_to(path, all, 1);
    snprintf(path, sizeof path, "%s/devices.allow", groups[0]);
    write_to(path, allowed, LENGTH(allowed));
    send_entrances(channel[0]);
    snprintf(other, sizeof other, "/proc/%d/stat", child);
    read_all(other);
    write_to("floor/state.tmp", all, 1);
    rename("floor/state.tmp", "floor/state.json");
    read(channel[0], path, sizeof path);
    struct pollfd end = {.fd = process, .events = POLLIN};
    poll(&end, 1, -1);
    waitpid(child, &status, 0);
    for (size_t i = 0; i < LENGTH(groups); i++) rmdir(groups[i]);
    unlink("floor/state.json");
    unlink("floor/config.json");
    rmdir("floor");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
