#ifndef C_LINUX_PIDFD_H
#define C_LINUX_PIDFD_H
// Calls on a process that is not ours, by its descriptor.

// pidfd_getfd(2), a copy of another process's descriptor, has no wrapper in glibc 2.36.
int clinux_pidfd_getfd(int pidfd, int descriptor);

// PIDFD_GET_INFO (Linux 6.15) is newer than our headers. The status of a process that has ended and been waited for by
// somebody, as a shell gives it, 128 + n for signal n. -1 with EAGAIN where nobody has waited for it yet, and with
// another reason where this kernel cannot tell.
int clinux_pidfd_exit_code(int pidfd);

// ioctl is variadic. Another descriptor of the terminal whose master side `master` is; needs no path to it.
int clinux_terminal_peer(int master);

#endif
