#include "library.h"

#include "CCurl.h"

#include <dlfcn.h>
#include <stdio.h>

struct ccurl_library ccurl_library;
static int loaded;
static _Thread_local char problem[512];

void ccurl_fail(const char *reason) { snprintf(problem, sizeof problem, "%s", reason ? reason : "it failed"); }

const char *ccurl_problem(void) { return problem; }

int ccurl_load(void) {
    if (loaded) return 0;
    // The last is what Debian calls the build with GnuTLS.
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        ccurl_fail(dlerror());
        return -1;
    }
#define CCURL_LOOK_UP(name)                                                                                            \
    ccurl_library.name = (__typeof__(name) *)dlsym(library, #name);                                                    \
    if (!ccurl_library.name) {                                                                                         \
        ccurl_fail("libcurl lacks " #name);                                                                            \
        return -1;                                                                                                     \
    }
    CCURL_FUNCTIONS(CCURL_LOOK_UP)
#undef CCURL_LOOK_UP
    if (ccurl_library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ccurl_fail("libcurl cannot be initialised");
        return -1;
    }
    loaded = 1;
    return 0;
}
