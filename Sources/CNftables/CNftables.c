#include "CNftables.h"

#include <dlfcn.h>
#include <nftables/libnftables.h>
#include <stdio.h>

#define CNFTABLES_FUNCTIONS(F)                                                                                         \
    F(nft_ctx_new)                                                                                                     \
    F(nft_ctx_free)                                                                                                    \
    F(nft_ctx_buffer_output)                                                                                           \
    F(nft_ctx_buffer_error)                                                                                            \
    F(nft_ctx_get_output_buffer)                                                                                       \
    F(nft_ctx_get_error_buffer)                                                                                        \
    F(nft_run_cmd_from_buffer)

#define CNFTABLES_MEMBER(name) __typeof__(name) *name;
static struct {
    CNFTABLES_FUNCTIONS(CNFTABLES_MEMBER)
} library;
#undef CNFTABLES_MEMBER

static int loaded;
static struct nft_ctx *context;
static char problem[256];

static int load(void) {
    if (loaded) return 0;
    void *handle = dlopen("libnftables.so.1", RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return -1;
    }
#define CNFTABLES_LOOK_UP(name)                                                                                        \
    library.name = (__typeof__(name) *)dlsym(handle, #name);                                                           \
    if (!library.name) {                                                                                               \
        snprintf(problem, sizeof problem, "libnftables lacks " #name);                                                 \
        return -1;                                                                                                     \
    }
    CNFTABLES_FUNCTIONS(CNFTABLES_LOOK_UP)
#undef CNFTABLES_LOOK_UP
    loaded = 1;
    return 0;
}

int cnftables_available(void) { return load() == 0; }

int cnftables_run(const char *commands) {
    if (load() != 0) return -1;
    if (!context) {
        context = library.nft_ctx_new(NFT_CTX_DEFAULT);
        if (!context || library.nft_ctx_buffer_output(context) != 0 || library.nft_ctx_buffer_error(context) != 0) {
            cnftables_close();
            snprintf(problem, sizeof problem, "libnftables has no memory");
            return -1;
        }
    }
    problem[0] = 0;
    return library.nft_run_cmd_from_buffer(context, commands) == 0 ? 0 : -1;
}

const char *cnftables_output(void) { return context ? library.nft_ctx_get_output_buffer(context) : ""; }

const char *cnftables_problem(void) {
    return problem[0] || !context ? problem : library.nft_ctx_get_error_buffer(context);
}

void cnftables_close(void) {
    if (context) library.nft_ctx_free(context);
    context = NULL;
}
