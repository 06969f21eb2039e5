#ifndef C_NETLINK_H
#define C_NETLINK_H
// Interfaces, addresses, routes and queues of the kernel through libnl-route-3, which is loaded at the first use: linked,
// it would cost every start 0.3 ms.
//
// It is C because dlsym(3) gives untyped pointers, which libnl's headers type here, and because libnl's objects are
// counted by hand. Every call is answered by the kernel before it returns. 0, or a negative number: -errno, below
// -CNETLINK_LIBRARY libnl's own reasons.

#include <stdint.h>

enum { CNETLINK_LIBRARY = 4096 };

// The words for a result below -CNETLINK_LIBRARY, or dlerror(3)'s for the library that cannot be loaded.
const char *cnetlink_problem(void);
int cnetlink_available(void);

// A connection to the network namespace that the process is in now: it stays with it.
typedef struct cnetlink cnetlink;
int cnetlink_open(cnetlink **connection);
void cnetlink_close(cnetlink *connection);

// The number of the interface `name`: positive.
int cnetlink_index(cnetlink *connection, const char *name);
int cnetlink_add_bridge(cnetlink *connection, const char *name, const uint8_t mac[6], uint32_t mtu);
// Two ends of a cable, both up: `name`, in the bridge with number `bridge`, and `inner`, in the namespace `netns`.
int cnetlink_add_veth(cnetlink *connection, const char *name, int bridge, const char *inner, const uint8_t mac[6],
    int netns, uint32_t mtu);
// Tells the bridge that `mac` is behind its port `index`.
int cnetlink_add_forwarding(cnetlink *connection, int index, const uint8_t mac[6]);
// Lets a packet leave the bridge by the port `index` that it came in by.
int cnetlink_set_hairpin(cnetlink *connection, int index);
int cnetlink_delete(cnetlink *connection, int index);
int cnetlink_set_up(cnetlink *connection, int index);
// What TCP may hand to the interface `index` at once, to be cut into packets as late as can be: so many bytes, and so many
// packets. See "BIG TCP" in Documentation/networking of Linux; kernels before 6.3 go beyond 64 KiB for IPv6 alone, those
// before 5.19 refuse.
int cnetlink_set_burst(cnetlink *connection, int index, uint32_t bytes, uint32_t packets);
int cnetlink_set_master(cnetlink *connection, int index, int master);

// `bytes` are 4 or 16, in network order. Usable at once: duplicates are not looked for.
int cnetlink_add_address(cnetlink *connection, int index, int family, const uint8_t *bytes, int prefix);
// `mtu`: of what goes this way, in bytes; 0: the interface's.
int cnetlink_add_default_route(
    cnetlink *connection, int index, int family, const uint8_t *gateway, uint32_t metric, uint32_t mtu);
// Lets what comes in at interface `index` for ::1, after its address has been changed back to that, be delivered.
int cnetlink_add_local_loopback6(cnetlink *connection, int index);

// At most `rate` bytes a second leave interface `index`; 0: as many as can.
int cnetlink_set_rate(cnetlink *connection, int index, uint64_t rate);

typedef struct {
    int index, master, up;
    uint32_t mtu;
    const char *name, *kind;
} cnetlink_link;

// Each is called once for what there is, in the order of the kernel; texts are valid during the call.
int cnetlink_links(cnetlink *connection, void *context, void (*each)(void *context, const cnetlink_link *link));
// Addresses of interfaces: its bytes, prefix length and interface.
typedef void cnetlink_each_prefix(void *context, int family, const uint8_t *bytes, int prefix, int index);
int cnetlink_addresses(cnetlink *connection, void *context, cnetlink_each_prefix *each);
// Destinations of the routes of the main table.
int cnetlink_routes(cnetlink *connection, void *context, cnetlink_each_prefix *each);

#endif
