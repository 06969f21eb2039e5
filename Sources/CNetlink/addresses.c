#include "CNetlink.h"
#include "library.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

static struct nl_addr *build(int family, const uint8_t *bytes, int prefix) {
    struct nl_addr *address = nl.nl_addr_build(family, bytes, family == AF_INET ? 4 : 16);
    if (address && prefix >= 0) nl.nl_addr_set_prefixlen(address, prefix);
    return address;
}

int cnetlink_add_address(cnetlink *connection, int index, int family, const uint8_t *bytes, int prefix) {
    struct nl_addr *local = build(family, bytes, prefix);
    struct rtnl_addr *address = nl.rtnl_addr_alloc();
    int result = -ENOMEM;
    if (local && address) {
        nl.rtnl_addr_set_ifindex(address, index);
        result = nl.rtnl_addr_set_local(address, local);
        if (family == AF_INET6) nl.rtnl_addr_set_flags(address, IFA_F_NODAD);
        if (result == 0) result = nl.rtnl_addr_add(connection->socket, address, NLM_F_EXCL);
        result = cnetlink_result(result);
    }
    if (address) nl.rtnl_addr_put(address);
    if (local) nl.nl_addr_put(local);
    return result;
}

// A route to `destination` over `index`, by `gateway` where there is one; both are the caller's.
static int add_route(cnetlink *connection, int index, int family, struct nl_addr *destination,
    struct nl_addr *gateway, uint32_t metric, uint32_t mtu, int table, int type) {
    struct rtnl_route *route = nl.rtnl_route_alloc();
    struct rtnl_nexthop *hop = nl.rtnl_route_nh_alloc();
    if (!route || !hop) return -ENOMEM;
    nl.rtnl_route_set_family(route, family);
    nl.rtnl_route_set_table(route, table);
    nl.rtnl_route_set_type(route, type);
    if (metric) nl.rtnl_route_set_priority(route, metric);
    if (mtu) nl.rtnl_route_set_metric(route, RTAX_MTU, mtu);
    nl.rtnl_route_nh_set_ifindex(hop, index);
    if (gateway) nl.rtnl_route_nh_set_gateway(hop, gateway);
    nl.rtnl_route_add_nexthop(route, hop);
    int result = nl.rtnl_route_set_dst(route, destination);
    if (result == 0) result = nl.rtnl_route_add(connection->socket, route, NLM_F_EXCL);
    nl.rtnl_route_put(route);
    return cnetlink_result(result);
}

int cnetlink_add_default_route(
    cnetlink *connection, int index, int family, const uint8_t *gateway, uint32_t metric, uint32_t mtu) {
    static const uint8_t none[16];
    struct nl_addr *everything = build(family, none, 0), *by = build(family, gateway, -1);
    int result = -ENOMEM;
    if (everything && by) {
        result = add_route(connection, index, family, everything, by, metric, mtu, RT_TABLE_MAIN, RTN_UNICAST);
    }
    if (everything) nl.nl_addr_put(everything);
    if (by) nl.nl_addr_put(by);
    return result;
}

int cnetlink_add_local_loopback6(cnetlink *connection, int index) {
    static const uint8_t loopback[16] = {[15] = 1};
    struct nl_addr *destination = build(AF_INET6, loopback, 128);
    if (!destination) return -ENOMEM;
    // Behind the kernel's own route, which has metric 0.
    int result = add_route(connection, index, AF_INET6, destination, NULL, 4096, 0, RT_TABLE_LOCAL, RTN_LOCAL);
    nl.nl_addr_put(destination);
    return result;
}

int cnetlink_set_rate(cnetlink *connection, int index, uint64_t rate) {
    struct rtnl_qdisc *queue = nl.rtnl_qdisc_alloc();
    if (!queue) return -ENOMEM;
    struct rtnl_tc *control = (struct rtnl_tc *)queue;
    nl.rtnl_tc_set_ifindex(control, index);
    nl.rtnl_tc_set_parent(control, TC_H_ROOT);
    int result;
    if (rate == 0) {
        result = cnetlink_result(nl.rtnl_qdisc_delete(connection->socket, queue));
        // There was none.
        if (result == -ENODEV || result == -ENOENT || result < -CNETLINK_LIBRARY) result = 0;
    } else {
        if (rate > INT32_MAX) rate = INT32_MAX;
        // What comes at once: 20 ms of the rate, and never less than two of the kernel's largest segments. What waits:
        // a fifth of a second.
        int burst = rate / 50 > 131072 ? (int)(rate / 50) : 131072;
        int waiting = rate / 5 > 262144 ? (int)(rate / 5) : 262144;
        result = nl.rtnl_tc_set_kind(control, "tbf");
        if (result == 0) {
            nl.rtnl_qdisc_tbf_set_rate(queue, (int)rate, burst, 0);
            nl.rtnl_qdisc_tbf_set_limit(queue, waiting);
            result = nl.rtnl_qdisc_add(connection->socket, queue, NLM_F_CREATE | NLM_F_REPLACE);
        }
        result = cnetlink_result(result);
    }
    nl.rtnl_qdisc_put(queue);
    return result;
}

int cnetlink_addresses(cnetlink *connection, void *context, cnetlink_each_prefix *each) {
    struct nl_cache *cache = NULL;
    int result = nl.rtnl_addr_alloc_cache(connection->socket, &cache);
    if (result < 0) return cnetlink_result(result);
    for (struct nl_object *object = nl.nl_cache_get_first(cache); object; object = nl.nl_cache_get_next(object)) {
        struct nl_addr *local = nl.rtnl_addr_get_local((struct rtnl_addr *)object);
        if (!local) continue;
        each(context, nl.nl_addr_get_family(local), nl.nl_addr_get_binary_addr(local), nl.nl_addr_get_prefixlen(local),
            nl.rtnl_addr_get_ifindex((struct rtnl_addr *)object));
    }
    nl.nl_cache_free(cache);
    return 0;
}

int cnetlink_routes(cnetlink *connection, void *context, cnetlink_each_prefix *each) {
    struct nl_cache *cache = NULL;
    int result = nl.rtnl_route_alloc_cache(connection->socket, AF_UNSPEC, 0, &cache);
    if (result < 0) return cnetlink_result(result);
    for (struct nl_object *object = nl.nl_cache_get_first(cache); object; object = nl.nl_cache_get_next(object)) {
        struct rtnl_route *route = (struct rtnl_route *)object;
        struct nl_addr *destination = nl.rtnl_route_get_dst(route);
        if (!destination || nl.rtnl_route_get_table(route) != RT_TABLE_MAIN) continue;
        // The default route has no bytes.
        if (nl.nl_addr_get_len(destination) == 0) continue;
        each(context, nl.nl_addr_get_family(destination), nl.nl_addr_get_binary_addr(destination),
            nl.nl_addr_get_prefixlen(destination), 0);
    }
    nl.nl_cache_free(cache);
    return 0;
}

int cnetlink_add_forwarding(cnetlink *connection, int index, const uint8_t mac[6]) {
    struct nl_addr *address = nl.nl_addr_build(AF_LLC, mac, 6);
    struct rtnl_neigh *entry = nl.rtnl_neigh_alloc();
    int result = -ENOMEM;
    if (address && entry) {
        nl.rtnl_neigh_set_family(entry, AF_BRIDGE);
        nl.rtnl_neigh_set_ifindex(entry, index);
        nl.rtnl_neigh_set_lladdr(entry, address);
        nl.rtnl_neigh_set_flags(entry, NTF_MASTER);
        // Not permanent, which would be an address of the bridge itself: one that does not age.
        nl.rtnl_neigh_set_state(entry, NUD_NOARP);
        result = cnetlink_result(nl.rtnl_neigh_add(connection->socket, entry, NLM_F_CREATE | NLM_F_REPLACE));
    }
    if (entry) nl.rtnl_neigh_put(entry);
    if (address) nl.nl_addr_put(address);
    return result;
}
