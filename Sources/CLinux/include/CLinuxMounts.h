#ifndef C_LINUX_MOUNTS_H
#define C_LINUX_MOUNTS_H
// The mount calls by descriptor, which glibc 2.36 wraps only behind _GNU_SOURCE, and pivot_root, which it never does.

#include <stdint.h>

int clinux_open_tree(int directory, const char *path, unsigned flags);
int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int clinux_fsopen(const char *filesystem);
int clinux_fsconfig(int context, unsigned command, const char *key, const void *value, int extra);
// A context of the file system that the open file `mount` is the root of.
int clinux_fspick(int mount);
int clinux_fsmount(int context, unsigned attributes);
int clinux_mount_setattr(
    int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation, int user);
int clinux_pivot_root(const char *new_root, const char *old_root);

enum {
    CLINUX_OPEN_TREE_CLONE = 1,
    CLINUX_AT_RECURSIVE = 0x8000,
    CLINUX_MOVE_MOUNT_F_EMPTY_PATH = 0x4,
    CLINUX_MOVE_MOUNT_T_EMPTY_PATH = 0x40,
    CLINUX_FSCONFIG_SET_FLAG = 0,
    CLINUX_FSCONFIG_SET_STRING = 1,
    CLINUX_FSCONFIG_SET_FD = 5,
    CLINUX_FSCONFIG_CMD_CREATE = 6,
    CLINUX_FSCONFIG_CMD_RECONFIGURE = 7,
    CLINUX_MOUNT_ATTR_RDONLY = 0x1,
    CLINUX_MOUNT_ATTR_NOSUID = 0x2,
    CLINUX_MOUNT_ATTR_NODEV = 0x4,
    CLINUX_MOUNT_ATTR_NOEXEC = 0x8,
    CLINUX_MOUNT_ATTR__ATIME = 0x70,
    CLINUX_MOUNT_ATTR_NOATIME = 0x10,
    CLINUX_MOUNT_ATTR_STRICTATIME = 0x20,
    CLINUX_MOUNT_ATTR_NODIRATIME = 0x80,
    CLINUX_MOUNT_ATTR_IDMAP = 0x100000,
    CLINUX_MOUNT_ATTR_NOSYMFOLLOW = 0x200000,
};

// <linux/openat2.h>
enum {
    CLINUX_RESOLVE_NO_XDEV = 0x01,
    CLINUX_RESOLVE_NO_MAGICLINKS = 0x02,
    CLINUX_RESOLVE_NO_SYMLINKS = 0x04,
    CLINUX_RESOLVE_BENEATH = 0x08,
    CLINUX_RESOLVE_IN_ROOT = 0x10,
};

#endif
