#ifndef C_CRYPTO_H
#define C_CRYPTO_H
// SHA-256 of libcrypto, which is loaded at the first hash: linked, it costs 1.1 ms of every start (0.95 → 2.0 ms of a
// program that does nothing), and `ps`, `stats` and the dashboard hash nothing. Its own code runs at 1.3 GB/s with the
// processor's SHA instructions. It is C because dlsym(3) gives untyped pointers, which <openssl/evp.h> types here.

#include <stddef.h>
#include <stdint.h>

typedef struct ccrypto_sha256 ccrypto_sha256;

// A hash of nothing yet; NULL where libcrypto is missing, and then ccrypto_problem says what.
ccrypto_sha256 *ccrypto_sha256_new(void);

// Takes in `count` more bytes. 0, or -1 where the library refuses.
int ccrypto_sha256_update(ccrypto_sha256 *hash, const void *bytes, size_t count);

// Gives the 32 bytes; the hash takes nothing more. 0, or -1 where the library refuses.
int ccrypto_sha256_finish(ccrypto_sha256 *hash, uint8_t digest[32]);

void ccrypto_sha256_free(ccrypto_sha256 *hash);

// Why the library could not be loaded, in dlerror(3)'s words.
const char *ccrypto_problem(void);

#endif
