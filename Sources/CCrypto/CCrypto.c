#include "CCrypto.h"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

// The library's functions, with the types that its header gives them.
static struct {
    __typeof__(EVP_MD_CTX_new) *create;
    __typeof__(EVP_MD_CTX_free) *release;
    __typeof__(EVP_sha256) *sha256;
    __typeof__(EVP_DigestInit_ex) *begin;
    __typeof__(EVP_DigestUpdate) *update;
    __typeof__(EVP_DigestFinal_ex) *finish;
} crypto;

static _Thread_local char problem[256];

static int load(void) {
    if (crypto.finish) return 0;
    // Both have these functions; 1.1 is what the oldest supported Ubuntu has.
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcrypto.so.1.1", RTLD_NOW | RTLD_LOCAL);
    if (library) {
        crypto.create = (__typeof__(crypto.create))dlsym(library, "EVP_MD_CTX_new");
        crypto.release = (__typeof__(crypto.release))dlsym(library, "EVP_MD_CTX_free");
        crypto.sha256 = (__typeof__(crypto.sha256))dlsym(library, "EVP_sha256");
        crypto.begin = (__typeof__(crypto.begin))dlsym(library, "EVP_DigestInit_ex");
        crypto.update = (__typeof__(crypto.update))dlsym(library, "EVP_DigestUpdate");
        crypto.finish = (__typeof__(crypto.finish))dlsym(library, "EVP_DigestFinal_ex");
        if (crypto.create && crypto.release && crypto.sha256 && crypto.begin && crypto.update && crypto.finish) return 0;
        crypto.finish = NULL;
    }
    const char *reason = dlerror();
    snprintf(problem, sizeof problem, "%s", reason ? reason : "libcrypto lacks a function");
    return -1;
}

ccrypto_sha256 *ccrypto_sha256_new(void) {
    if (load() != 0) return NULL;
    EVP_MD_CTX *context = crypto.create();
    if (context && crypto.begin(context, crypto.sha256(), NULL) == 1) return (ccrypto_sha256 *)context;
    crypto.release(context);
    snprintf(problem, sizeof problem, "libcrypto offers no SHA-256");
    return NULL;
}

int ccrypto_sha256_update(ccrypto_sha256 *hash, const void *bytes, size_t count) {
    return crypto.update((EVP_MD_CTX *)hash, bytes, count) == 1 ? 0 : -1;
}

int ccrypto_sha256_finish(ccrypto_sha256 *hash, uint8_t digest[32]) {
    return crypto.finish((EVP_MD_CTX *)hash, digest, NULL) == 1 ? 0 : -1;
}

void ccrypto_sha256_free(ccrypto_sha256 *hash) {
    if (hash) crypto.release((EVP_MD_CTX *)hash);
}

const char *ccrypto_problem(void) { return problem; }
