#include "CLinuxMounts.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(CLINUX_OPEN_TREE_CLONE == OPEN_TREE_CLONE && CLINUX_AT_RECURSIVE == AT_RECURSIVE, "open_tree");
_Static_assert(CLINUX_MOVE_MOUNT_F_EMPTY_PATH == MOVE_MOUNT_F_EMPTY_PATH, "move_mount");
_Static_assert(CLINUX_MOVE_MOUNT_T_EMPTY_PATH == MOVE_MOUNT_T_EMPTY_PATH, "move_mount");
_Static_assert(CLINUX_FSCONFIG_SET_FD == FSCONFIG_SET_FD, "fsconfig");
_Static_assert(CLINUX_FSCONFIG_CMD_CREATE == FSCONFIG_CMD_CREATE, "fsconfig");
_Static_assert(CLINUX_FSCONFIG_CMD_RECONFIGURE == FSCONFIG_CMD_RECONFIGURE, "fsconfig");
_Static_assert(CLINUX_MOUNT_ATTR_IDMAP == MOUNT_ATTR_IDMAP, "mount_setattr");
_Static_assert(CLINUX_MOUNT_ATTR__ATIME == MOUNT_ATTR__ATIME, "mount_setattr");
_Static_assert(CLINUX_MOUNT_ATTR_NODIRATIME == MOUNT_ATTR_NODIRATIME, "mount_setattr");
_Static_assert(CLINUX_RESOLVE_IN_ROOT == RESOLVE_IN_ROOT && CLINUX_RESOLVE_BENEATH == RESOLVE_BENEATH, "openat2");
_Static_assert(CLINUX_RESOLVE_NO_SYMLINKS == RESOLVE_NO_SYMLINKS, "openat2");

int clinux_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags | OPEN_TREE_CLOEXEC);
}

int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

int clinux_fsopen(const char *filesystem) { return (int)syscall(SYS_fsopen, filesystem, FSOPEN_CLOEXEC); }

int clinux_fsconfig(int context, unsigned command, const char *key, const void *value, int extra) {
    return (int)syscall(SYS_fsconfig, context, command, key, value, extra);
}

int clinux_fsmount(int context, unsigned attributes) {
    return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

int clinux_fspick(int mount) { return (int)syscall(SYS_fspick, mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH); }

int clinux_mount_setattr(
    int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation, int user) {
    struct mount_attr attributes = {
        .attr_set = set, .attr_clr = clear, .propagation = propagation, .userns_fd = user < 0 ? 0 : (uint64_t)user};
    return (int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

int clinux_pivot_root(const char *new_root, const char *old_root) {
    return (int)syscall(SYS_pivot_root, new_root, old_root);
}
