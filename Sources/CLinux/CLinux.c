#include "CLinux.h"

#include <linux/bpf.h>
#include <linux/openat2.h>
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

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int clinux_bpf_load_device_filter(const uint64_t *instructions, uint32_t count) {
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                           .insns = (uintptr_t)instructions,
                           .insn_cnt = count,
                           .license = (uintptr_t) "Apache-2.0",
                           .prog_name = "boxtop_devices"};
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
}

int clinux_bpf_attach_device_filter(int group, int program) {
    union bpf_attr attr = {.target_fd = (uint32_t)group,
                           .attach_bpf_fd = (uint32_t)program,
                           .attach_type = BPF_CGROUP_DEVICE,
                           .attach_flags = BPF_F_ALLOW_MULTI};
    return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr);
}

int clinux_bpf_detach_device_filter(int group, int program) {
    union bpf_attr attr = {
        .target_fd = (uint32_t)group, .attach_bpf_fd = (uint32_t)program, .attach_type = BPF_CGROUP_DEVICE};
    return (int)syscall(SYS_bpf, BPF_PROG_DETACH, &attr, sizeof attr);
}

int clinux_bpf_device_filters(int group, uint32_t *ids, uint32_t count) {
    union bpf_attr attr = {.query = {.target_fd = (uint32_t)group,
                                     .attach_type = BPF_CGROUP_DEVICE,
                                     .prog_ids = (uintptr_t)ids,
                                     .prog_cnt = count}};
    return syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof attr) == -1 ? -1 : (int)attr.query.prog_cnt;
}

int clinux_bpf_program(uint32_t id) {
    union bpf_attr attr = {.prog_id = id};
    return (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof attr);
}

int clinux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
