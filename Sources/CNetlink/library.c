#include "library.h"

#include "CNetlink.h"

#include <dlfcn.h>
#include <errno.h>
#include <netlink/errno.h>
#include <stdio.h>
#include <stdlib.h>

struct cnetlink_library nl;
static int loaded;
static char problem[256];

int cnetlink_load(void) {
    if (loaded) return 0;
    void *handle = dlopen("libnl-route-3.so.200", RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return -CNETLINK_LIBRARY - 1;
    }
    // What libnl-route-3 itself is linked with, libnl-3, is found through the same handle.
#define CNETLINK_LOOK_UP(name)                                                                                         \
    nl.name = (__typeof__(name) *)dlsym(handle, #name);                                                                \
    if (!nl.name) {                                                                                                    \
        snprintf(problem, sizeof problem, "libnl-route-3 lacks " #name);                                               \
        return -CNETLINK_LIBRARY - 1;                                                                                  \
    }
    CNETLINK_FUNCTIONS(CNETLINK_LOOK_UP)
#undef CNETLINK_LOOK_UP
    loaded = 1;
    return 0;
}

int cnetlink_available(void) { return cnetlink_load() == 0; }

const char *cnetlink_problem(void) { return problem; }

int cnetlink_result(int result) {
    if (result >= 0) return result;
    // libnl folds many of the kernel's numbers into one of its own; those that callers act on are given back apart.
    switch (-result) {
    case NLE_EXIST: return -EEXIST;
    case NLE_NODEV:
    case NLE_OBJ_NOTFOUND: return -ENODEV;
    case NLE_PERM:
    case NLE_NOACCESS: return -EPERM;
    case NLE_OPNOTSUPP: return -EOPNOTSUPP;
    case NLE_BUSY: return -EBUSY;
    case NLE_NOMEM: return -ENOMEM;
    default: snprintf(problem, sizeof problem, "%s", nl.nl_geterror(result)); return -CNETLINK_LIBRARY + result;
    }
}

int cnetlink_open(cnetlink **connection) {
    int result = cnetlink_load();
    if (result != 0) return result;
    cnetlink *made = calloc(1, sizeof *made);
    if (!made) return -ENOMEM;
    made->socket = nl.nl_socket_alloc();
    result = made->socket ? cnetlink_result(nl.nl_connect(made->socket, NETLINK_ROUTE)) : -ENOMEM;
    if (result < 0) {
        cnetlink_close(made);
        return result;
    }
    *connection = made;
    return 0;
}

void cnetlink_close(cnetlink *connection) {
    if (connection->socket) nl.nl_socket_free(connection->socket);
    free(connection);
}
