#include "CSeal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// A container whose root is the host's could open /proc/PID/exe of a process on its way into it, and overwrite this
// program on the host's disk (CVE-2019-5736). So the verbs that go near a container execute the program again from a
// mount of its own file that is read-only and hangs nowhere.
//
// C, and not Swift, since it runs before the C++ and Swift runtimes start: else both would start twice, which is a
// tenth of a launch.

static int result;

int cseal_result(void) { return result; }

// Whether the verb, the first argument that is neither an option nor the value of one, goes near a container.
static int is_needed(int count, char **arguments) {
    static const char *const valued[] = {
        "--root", "--log", "--log-format", "--log-level", "--cgroup-manager", "--rootless"};
    static const char *const verbs[] = {"create", "run", "exec", "supervise"};
    for (int i = 1; i < count; i++) {
        const char *word = arguments[i];
        if (word[0] == '-') {
            for (size_t k = 0; k < sizeof valued / sizeof *valued; k++)
                if (strcmp(word, valued[k]) == 0) i++;
            continue;
        }
        for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
            if (strcmp(word, verbs[k]) == 0) return 1;
        return 0;
    }
    return 0;
}

static void seal(int count, char **arguments, char **environment) {
    struct statfs status;
    // A person's program can be overwritten by that person's containers, as by the person; of the host it is nothing.
    if (!is_needed(count, arguments) || geteuid() != 0) return;
    if (statfs("/proc/self/exe", &status) == 0 && status.f_flags & 1 /* ST_RDONLY */) {
        // The kernel names a program after its file, which now has no name.
        prctl(PR_SET_NAME, "boxtop-runtime", 0, 0, 0);
        return;
    }
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/proc/self/exe", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    if (tree >= 0 && syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0)
        syscall(SYS_execveat, tree, "", arguments, environment, AT_EMPTY_PATH);
    result = errno;
    if (tree >= 0) close(tree);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all)(int, char **, char **) = seal;
