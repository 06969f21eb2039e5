#ifndef C_NETLINK_LIBRARY_H
#define C_NETLINK_LIBRARY_H
// The functions of libnl that are in use, each with the type that its header gives it.

#include <netlink/attr.h>
#include <netlink/cache.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/tbf.h>
#include <netlink/route/route.h>
#include <netlink/route/tc.h>

#define CNETLINK_FUNCTIONS(F)                                                                                          \
    F(nl_socket_alloc)                                                                                                 \
    F(nl_socket_free)                                                                                                  \
    F(nl_connect)                                                                                                      \
    F(nl_geterror)                                                                                                     \
    F(nl_send_sync)                                                                                                    \
    F(nla_put_u32)                                                                                                     \
    F(nlmsg_free)                                                                                                      \
    F(nl_addr_build)                                                                                                   \
    F(nl_addr_put)                                                                                                     \
    F(nl_addr_get_binary_addr)                                                                                         \
    F(nl_addr_get_prefixlen)                                                                                           \
    F(nl_addr_set_prefixlen)                                                                                           \
    F(nl_addr_get_family)                                                                                              \
    F(nl_addr_get_len)                                                                                                 \
    F(nl_cache_free)                                                                                                   \
    F(nl_cache_get_first)                                                                                              \
    F(nl_cache_get_next)                                                                                               \
    F(rtnl_link_alloc)                                                                                                 \
    F(rtnl_link_put)                                                                                                   \
    F(rtnl_link_set_name)                                                                                              \
    F(rtnl_link_set_type)                                                                                              \
    F(rtnl_link_set_flags)                                                                                             \
    F(rtnl_link_set_ifindex)                                                                                           \
    F(rtnl_link_set_master)                                                                                            \
    F(rtnl_link_set_mtu)                                                                                               \
    F(rtnl_link_set_addr)                                                                                              \
    F(rtnl_link_set_ns_fd)                                                                                             \
    F(rtnl_link_set_family)                                                                                            \
    F(rtnl_link_bridge_set_flags)                                                                                      \
    F(rtnl_link_veth_alloc)                                                                                            \
    F(rtnl_link_veth_get_peer)                                                                                         \
    F(rtnl_link_add)                                                                                                   \
    F(rtnl_link_change)                                                                                                \
    F(rtnl_link_build_change_request)                                                                                  \
    F(rtnl_link_delete)                                                                                                \
    F(rtnl_link_get_kernel)                                                                                            \
    F(rtnl_link_get_ifindex)                                                                                           \
    F(rtnl_link_get_master)                                                                                            \
    F(rtnl_link_get_flags)                                                                                             \
    F(rtnl_link_get_mtu)                                                                                               \
    F(rtnl_link_get_name)                                                                                              \
    F(rtnl_link_get_type)                                                                                              \
    F(rtnl_link_alloc_cache)                                                                                           \
    F(rtnl_addr_alloc)                                                                                                 \
    F(rtnl_addr_put)                                                                                                   \
    F(rtnl_addr_set_ifindex)                                                                                           \
    F(rtnl_addr_set_local)                                                                                             \
    F(rtnl_addr_set_flags)                                                                                             \
    F(rtnl_addr_add)                                                                                                   \
    F(rtnl_addr_get_local)                                                                                             \
    F(rtnl_addr_get_ifindex)                                                                                           \
    F(rtnl_addr_alloc_cache)                                                                                           \
    F(rtnl_route_alloc)                                                                                                \
    F(rtnl_route_put)                                                                                                  \
    F(rtnl_route_set_family)                                                                                           \
    F(rtnl_route_set_table)                                                                                            \
    F(rtnl_route_set_type)                                                                                             \
    F(rtnl_route_set_priority)                                                                                         \
    F(rtnl_route_set_metric)                                                                                           \
    F(rtnl_route_set_dst)                                                                                              \
    F(rtnl_route_add_nexthop)                                                                                          \
    F(rtnl_route_add)                                                                                                  \
    F(rtnl_route_get_dst)                                                                                              \
    F(rtnl_route_get_table)                                                                                            \
    F(rtnl_route_alloc_cache)                                                                                          \
    F(rtnl_route_nh_alloc)                                                                                             \
    F(rtnl_route_nh_set_ifindex)                                                                                       \
    F(rtnl_route_nh_set_gateway)                                                                                       \
    F(rtnl_neigh_alloc)                                                                                                \
    F(rtnl_neigh_put)                                                                                                  \
    F(rtnl_neigh_set_family)                                                                                           \
    F(rtnl_neigh_set_ifindex)                                                                                          \
    F(rtnl_neigh_set_lladdr)                                                                                           \
    F(rtnl_neigh_set_flags)                                                                                            \
    F(rtnl_neigh_set_state)                                                                                            \
    F(rtnl_neigh_add)                                                                                                  \
    F(rtnl_qdisc_alloc)                                                                                                \
    F(rtnl_qdisc_put)                                                                                                  \
    F(rtnl_qdisc_add)                                                                                                  \
    F(rtnl_qdisc_delete)                                                                                               \
    F(rtnl_qdisc_tbf_set_rate)                                                                                         \
    F(rtnl_qdisc_tbf_set_limit)                                                                                        \
    F(rtnl_tc_set_ifindex)                                                                                             \
    F(rtnl_tc_set_parent)                                                                                              \
    F(rtnl_tc_set_kind)

#define CNETLINK_MEMBER(name) __typeof__(name) *name;
extern struct cnetlink_library {
    CNETLINK_FUNCTIONS(CNETLINK_MEMBER)
// Another name for the linker: the archive of ncurses has a function nl.
} nl __asm__("cnetlink_functions");
#undef CNETLINK_MEMBER

// Loads the library where that has not been done. 0 or a negative number as CNetlink.h says.
int cnetlink_load(void);

// A result of libnl as this target's: errno where the kernel has refused.
int cnetlink_result(int result);

struct cnetlink {
    struct nl_sock *socket;
};

#endif
