#include "CLinux.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

typedef struct {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
    };
    char attributes[512];
} message;

static void add(message *m, unsigned short type, const void *bytes, size_t length) {
    struct rtattr *attribute = (void *)((char *)m + NLMSG_ALIGN(m->header.nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(length);
    memcpy(RTA_DATA(attribute), bytes, length);
    m->header.nlmsg_len = NLMSG_ALIGN(m->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

// Sends `m`, and gives each message of the answer to `each`, until the kernel has said how it went.
static int ask(int socket, message *m, void *context, int (*each)(void *context, struct nlmsghdr *)) {
    if (send(socket, m, m->header.nlmsg_len, 0) < 0) return -1;
    _Alignas(struct nlmsghdr) static char answer[32768];
    for (;;) {
        ssize_t length = recv(socket, answer, sizeof answer, MSG_TRUNC);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return -1;
        if ((size_t)length > sizeof answer) return errno = EMSGSIZE, -1;
        for (struct nlmsghdr *h = (void *)answer; NLMSG_OK(h, length); h = NLMSG_NEXT(h, length)) {
            if (h->nlmsg_type == NLMSG_DONE) return 0;
            if (h->nlmsg_type == NLMSG_ERROR) {
                errno = -((struct nlmsgerr *)NLMSG_DATA(h))->error;
                return errno == 0 ? 0 : -1;
            }
            if (each && each(context, h) < 0) return -1;
        }
    }
}

typedef struct {
    unsigned index;
    message *found;
    size_t count;
} addresses;

// An address of that device which was to stay (IFA_F_PERMANENT) and is for the world, as the request that adds it.
static int keep_address(void *context, struct nlmsghdr *header) {
    addresses *all = context;
    struct ifaddrmsg *address = NLMSG_DATA(header);
    if (header->nlmsg_type != RTM_NEWADDR || address->ifa_index != all->index) return 0;
    message m = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof *address), .nlmsg_type = RTM_NEWADDR}, .address = *address};
    uint32_t flags = address->ifa_flags;
    int length = (int)IFA_PAYLOAD(header);
    for (struct rtattr *a = IFA_RTA(address); RTA_OK(a, length); a = RTA_NEXT(a, length)) {
        if (a->rta_type == IFA_FLAGS) memcpy(&flags, RTA_DATA(a), sizeof flags);
        if (a->rta_type == IFA_ADDRESS || a->rta_type == IFA_LOCAL || a->rta_type == IFA_BROADCAST)
            add(&m, a->rta_type, RTA_DATA(a), RTA_PAYLOAD(a));
    }
    if (!(flags & IFA_F_PERMANENT) || address->ifa_scope != RT_SCOPE_UNIVERSE) return 0;
    // It was looked for others that have it; and what the kernel says of its state is no wish.
    flags = (flags & IFA_F_NOPREFIXROUTE) | IFA_F_NODAD;
    m.address.ifa_flags = (unsigned char)flags;
    add(&m, IFA_FLAGS, &flags, sizeof flags);
    message *more = realloc(all->found, (all->count + 1) * sizeof *more);
    if (!more) return -1;
    all->found = more;
    more[all->count++] = m;
    return 0;
}

static int route_socket(void) { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE); }

// A socket of the namespace `netns`: a socket stays in the one that it was made in.
static int route_socket_in(int netns) {
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (home < 0) return -1;
    int made = setns(netns, CLONE_NEWNET) < 0 ? -1 : route_socket();
    int reason = errno;
    // A process that cannot go home must not go on.
    if (setns(home, CLONE_NEWNET) < 0) abort();
    close(home);
    errno = reason;
    return made;
}

static message link_message(int index) {
    message m = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                            .nlmsg_type = RTM_NEWLINK,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK}};
    m.link.ifi_index = index;
    return m;
}

typedef struct {
    int known[1024];
    size_t count;
    int fresh;
} devices;

static int note_device(void *context, struct nlmsghdr *header) {
    devices *all = context;
    int index = ((struct ifinfomsg *)NLMSG_DATA(header))->ifi_index;
    if (header->nlmsg_type == RTM_NEWLINK && all->count < sizeof all->known / sizeof *all->known)
        all->known[all->count++] = index;
    return 0;
}

static int note_fresh_device(void *context, struct nlmsghdr *header) {
    devices *all = context;
    if (header->nlmsg_type != RTM_NEWLINK) return 0;
    int index = ((struct ifinfomsg *)NLMSG_DATA(header))->ifi_index;
    for (size_t i = 0; i < all->count; i++)
        if (all->known[i] == index) return 0;
    all->fresh = index;
    return 0;
}

static int dump(int socket, uint16_t type, void *context, int (*each)(void *, struct nlmsghdr *)) {
    message m = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                            .nlmsg_type = type,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
    return ask(socket, &m, context, each);
}

static int move(int here, int there, int index, const char *inner, int netns, addresses *kept) {
    devices all = {.count = 0};
    if (dump(here, RTM_GETADDR, kept, keep_address) < 0 || dump(there, RTM_GETLINK, &all, note_device) < 0) return -1;
    message m = link_message(index);
    add(&m, IFLA_NET_NS_FD, &netns, sizeof netns);
    add(&m, IFLA_IFNAME, inner, strlen(inner) + 1);
    // It may have another number there.
    if (ask(here, &m, NULL, NULL) < 0 || dump(there, RTM_GETLINK, &all, note_fresh_device) < 0) return -1;
    for (size_t i = 0; i < kept->count; i++) {
        kept->found[i].header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
        kept->found[i].address.ifa_index = (unsigned)all.fresh;
        if (ask(there, &kept->found[i], NULL, NULL) < 0) return -1;
    }
    m = link_message(all.fresh);
    m.link.ifi_flags = m.link.ifi_change = IFF_UP;
    return ask(there, &m, NULL, NULL);
}

int clinux_move_network_device(const char *name, const char *inner, int netns) {
    unsigned index = if_nametoindex(name);
    if (index == 0) return -1;
    int here = route_socket(), there = route_socket_in(netns);
    addresses kept = {.index = index};
    int result = here < 0 || there < 0 ? -1 : move(here, there, (int)index, inner, netns, &kept);
    int reason = errno;
    free(kept.found);
    if (here >= 0) close(here);
    if (there >= 0) close(there);
    errno = reason;
    return result;
}

int clinux_set_mempolicy(int mode, const uint64_t *nodes, unsigned long bits) {
    return (int)syscall(SYS_set_mempolicy, mode, nodes, bits);
}
