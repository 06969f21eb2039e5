#include "CNetlink.h"
#include "library.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>

int cnetlink_index(cnetlink *connection, const char *name) {
    struct rtnl_link *link = NULL;
    int result = nl.rtnl_link_get_kernel(connection->socket, 0, name, &link);
    if (result < 0) return cnetlink_result(result);
    result = nl.rtnl_link_get_ifindex(link);
    nl.rtnl_link_put(link);
    return result;
}

static int set_mac(struct rtnl_link *link, const uint8_t mac[6]) {
    struct nl_addr *address = nl.nl_addr_build(AF_LLC, mac, ETH_ALEN);
    if (!address) return -ENOMEM;
    nl.rtnl_link_set_addr(link, address);
    nl.nl_addr_put(address);
    return 0;
}

int cnetlink_add_bridge(cnetlink *connection, const char *name, const uint8_t mac[6], uint32_t mtu) {
    struct rtnl_link *link = nl.rtnl_link_alloc();
    if (!link) return -ENOMEM;
    int result = nl.rtnl_link_set_type(link, "bridge");
    if (result == 0) result = set_mac(link, mac);
    if (result == 0) {
        nl.rtnl_link_set_name(link, name);
        if (mtu) nl.rtnl_link_set_mtu(link, mtu);
        nl.rtnl_link_set_flags(link, IFF_UP);
        result = nl.rtnl_link_add(connection->socket, link, NLM_F_CREATE | NLM_F_EXCL);
    }
    nl.rtnl_link_put(link);
    return cnetlink_result(result);
}

int cnetlink_add_veth(cnetlink *connection, const char *name, int bridge, const char *inner, const uint8_t mac[6],
    int netns, uint32_t mtu) {
    struct rtnl_link *link = nl.rtnl_link_veth_alloc();
    if (!link) return -ENOMEM;
    struct rtnl_link *peer = nl.rtnl_link_veth_get_peer(link);
    nl.rtnl_link_set_name(link, name);
    nl.rtnl_link_set_master(link, bridge);
    nl.rtnl_link_set_flags(link, IFF_UP);
    nl.rtnl_link_set_name(peer, inner);
    nl.rtnl_link_set_ns_fd(peer, netns);
    if (mtu) {
        nl.rtnl_link_set_mtu(link, mtu);
        nl.rtnl_link_set_mtu(peer, mtu);
    }
    int result = set_mac(peer, mac);
    if (result == 0) result = nl.rtnl_link_add(connection->socket, link, NLM_F_CREATE | NLM_F_EXCL);
    nl.rtnl_link_put(peer);
    nl.rtnl_link_put(link);
    return cnetlink_result(result);
}

static struct rtnl_link *numbered(int index) {
    struct rtnl_link *link = nl.rtnl_link_alloc();
    if (link) nl.rtnl_link_set_ifindex(link, index);
    return link;
}

int cnetlink_delete(cnetlink *connection, int index) {
    struct rtnl_link *link = numbered(index);
    if (!link) return -ENOMEM;
    int result = nl.rtnl_link_delete(connection->socket, link);
    nl.rtnl_link_put(link);
    return cnetlink_result(result);
}

static int change(cnetlink *connection, int index, int up, int master) {
    struct rtnl_link *link = numbered(index), *changes = nl.rtnl_link_alloc();
    int result = -ENOMEM;
    if (link && changes) {
        if (up) nl.rtnl_link_set_flags(changes, IFF_UP);
        if (master >= 0) nl.rtnl_link_set_master(changes, master);
        result = cnetlink_result(nl.rtnl_link_change(connection->socket, link, changes, 0));
    }
    if (link) nl.rtnl_link_put(link);
    if (changes) nl.rtnl_link_put(changes);
    return result;
}

int cnetlink_set_hairpin(cnetlink *connection, int index) {
    struct rtnl_link *link = numbered(index), *changes = nl.rtnl_link_alloc();
    int result = -ENOMEM;
    if (link && changes) {
        nl.rtnl_link_set_family(link, AF_BRIDGE);
        nl.rtnl_link_set_family(changes, AF_BRIDGE);
        result = nl.rtnl_link_bridge_set_flags(changes, RTNL_BRIDGE_HAIRPIN_MODE);
        if (result == 0) result = nl.rtnl_link_change(connection->socket, link, changes, 0);
        result = cnetlink_result(result);
    }
    if (link) nl.rtnl_link_put(link);
    if (changes) nl.rtnl_link_put(changes);
    return result;
}

int cnetlink_set_burst(cnetlink *connection, int index, uint32_t bytes, uint32_t packets) {
    // Of Linux 6.3, which the headers may not know yet.
    enum { GSO_IPV4_MAX_SIZE = 63 };
    struct rtnl_link *link = numbered(index);
    if (!link) return -ENOMEM;
    struct nl_msg *message = NULL;
    // Without a change that libnl knows of: what it knows no words for is put behind.
    int result = nl.rtnl_link_build_change_request(link, link, 0, &message);
    nl.rtnl_link_put(link);
    if (result == 0) {
        result = nl.nla_put_u32(message, IFLA_GSO_MAX_SEGS, packets);
        if (result == 0) result = nl.nla_put_u32(message, IFLA_GSO_MAX_SIZE, bytes);
        if (result == 0) result = nl.nla_put_u32(message, GSO_IPV4_MAX_SIZE, bytes);
        // The message is freed by the one as by the other.
        if (result == 0) result = nl.nl_send_sync(connection->socket, message);
        else nl.nlmsg_free(message);
    }
    return cnetlink_result(result);
}

int cnetlink_set_up(cnetlink *connection, int index) { return change(connection, index, 1, -1); }

int cnetlink_set_master(cnetlink *connection, int index, int master) { return change(connection, index, 0, master); }

int cnetlink_links(cnetlink *connection, void *context, void (*each)(void *, const cnetlink_link *)) {
    struct nl_cache *cache = NULL;
    int result = nl.rtnl_link_alloc_cache(connection->socket, AF_UNSPEC, &cache);
    if (result < 0) return cnetlink_result(result);
    for (struct nl_object *object = nl.nl_cache_get_first(cache); object; object = nl.nl_cache_get_next(object)) {
        struct rtnl_link *link = (struct rtnl_link *)object;
        const char *kind = nl.rtnl_link_get_type(link);
        cnetlink_link found = {
            .index = nl.rtnl_link_get_ifindex(link),
            .master = nl.rtnl_link_get_master(link),
            .up = (nl.rtnl_link_get_flags(link) & IFF_UP) != 0,
            .mtu = nl.rtnl_link_get_mtu(link),
            .name = nl.rtnl_link_get_name(link),
            .kind = kind ? kind : "",
        };
        each(context, &found);
    }
    nl.nl_cache_free(cache);
    return 0;
}
