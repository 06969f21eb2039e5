#ifndef C_LINUX_PACKETS_H
#define C_LINUX_PACKETS_H
// Packets with descriptors on them: CMSG_* are macros that Swift cannot see.

#include <stddef.h>
#include <sys/types.h>

// Sends one packet with `count` descriptors, at most CLINUX_PACKET_DESCRIPTORS. Never raises SIGPIPE.
ssize_t clinux_send_packet(int socket, const void *bytes, size_t length, const int *descriptors, int count);

// Receives one packet, and its descriptors close-on-exec. `*count` is how many fit, then how many came.
// EMFILE where more came than fit, or than this process may have open: then none is left.
ssize_t clinux_receive_packet(int socket, void *bytes, size_t length, int *descriptors, int *count);

enum { CLINUX_PACKET_DESCRIPTORS = 250 };

#endif
