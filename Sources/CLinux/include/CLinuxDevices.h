#ifndef C_LINUX_DEVICES_H
#define C_LINUX_DEVICES_H

// Messages of rtnetlink(7) are macros over unaligned structures. Moves the network device `name` from the calling
// process's network namespace into the open one `netns`, where it is called `inner` ("eth%d": with the first number that
// is free), and sets it up there, with the addresses that were to stay and are for the world: a move takes them away.
// Needs CAP_SYS_ADMIN for the moment that a socket is made there; -1 and errno.
int clinux_move_network_device(const char *name, const char *inner, int netns);

// glibc has no wrapper. See set_mempolicy(2): `nodes` holds `bits` bits.
int clinux_set_mempolicy(int mode, const uint64_t *nodes, unsigned long bits);

#endif
