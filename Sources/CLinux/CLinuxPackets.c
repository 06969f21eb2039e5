#include "CLinuxPackets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

typedef union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * CLINUX_PACKET_DESCRIPTORS)];
} control_buffer;

ssize_t clinux_send_packet(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    control_buffer control;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > CLINUX_PACKET_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        size_t size = sizeof(int) * (size_t)count;
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), descriptors, size);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t clinux_receive_packet(int socket, void *bytes, size_t length, int *descriptors, int *count) {
    control_buffer control;
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int room = *count < CLINUX_PACKET_DESCRIPTORS ? *count : CLINUX_PACKET_DESCRIPTORS;
    message.msg_controllen = room > 0 ? CMSG_SPACE(sizeof(int) * (size_t)room) : 0;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    *count = 0;
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int came = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        if (came > room - *count) came = room - *count;
        memcpy(descriptors + *count, CMSG_DATA(header), sizeof(int) * (size_t)came);
        *count += came;
    }
    // Descriptors that found no room, in the buffer or below the limit of open files, are gone: half of them are none.
    if (message.msg_flags & MSG_CTRUNC) {
        while (*count > 0) close(descriptors[--*count]);
        errno = EMFILE;
        return -1;
    }
    return received;
}
