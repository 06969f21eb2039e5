#ifndef C_CURL_H
#define C_CURL_H
// HTTP through libcurl, which is loaded at the first request: linked, it costs 5 ms of every start (33 shared objects).
//
// It is C because dlsym(3) gives untyped pointers, because curl_easy_setopt is variadic, and because bytes pass from the
// network to the file and the hash, or from the file to the network, in callbacks, without a copy in Swift.

#include <CCrypto.h>
#include <stddef.h>
#include <stdint.h>

// Any number of transfers at once, on one thread.
typedef struct ccurl_session ccurl_session;
typedef struct ccurl_transfer ccurl_transfer;

typedef struct {
    const char *method, *url;
    // Lines, each ended by \n.
    const char *headers;
    // What is sent: `body`, which is copied; or `source_count` bytes of the open file `source` from `source_offset` on.
    const void *body;
    size_t body_count;
    int source;
    int64_t source_offset, source_count;
    // Where the content of an answer of 200 or 206 goes: the open file `target` from `target_offset` on, and `hash`; at
    // most `limit` bytes altogether, those before the offset counted. With -1, and for other answers, it is kept in
    // memory, at most `limit` bytes or 1 MiB.
    int target;
    int64_t target_offset, limit;
    ccrypto_sha256 *hash;
    // Redirections are followed; never from https to http.
    int follows;
    // NULL: as the environment says; hosts that no proxy is used for.
    const char *proxy, *no_proxy;
    // PEM, in addition to what the system trusts; NULL without.
    const char *authorities;
    // Paths of PEM files; NULL without.
    const char *certificate, *key;
    // The other side's certificate is not looked at.
    int trusts_anybody;
    // Bytes a second, 0 without a limit.
    int64_t rate;
} ccurl_request;

enum {
    CCURL_DONE = 0,
    // The connection could not be made or broke: worth another try.
    CCURL_BROKEN,
    // The host's name is unknown.
    CCURL_NO_HOST,
    // Nobody listens there.
    CCURL_REFUSED,
    // The other side speaks no TLS.
    CCURL_NO_TLS,
    // Its certificate is not trusted.
    CCURL_UNTRUSTED,
    // The server began from the start though `target_offset` was asked for. Nothing was written.
    CCURL_FROM_START,
    // There was more than `limit`.
    CCURL_TOO_LARGE,
    // The file could not be written or read; errno is in `system_error`.
    CCURL_FILE,
    // Anything else.
    CCURL_FAILED,
};

typedef struct {
    int outcome, system_error;
    // Why, in the library's words.
    const char *problem;
    int status;
    // The headers of the last answer, lines ended by \r\n; and its content where it was kept in memory.
    const char *headers;
    const void *body;
    size_t body_count;
    // The URL that the answer came from, after redirections.
    const char *url;
    // Bytes of content that came in, or went out where a file was sent.
    int64_t count;
} ccurl_answer;

// NULL where the library is missing; then ccurl_problem says why.
ccurl_session *ccurl_session_new(void);
const char *ccurl_problem(void);

// Begins a transfer. NULL where it cannot be, and ccurl_problem says why.
ccurl_transfer *ccurl_begin(ccurl_session *session, const ccurl_request *request);

// Moves bytes for at most `milliseconds`; returns as soon as something has happened. -1 where the library fails.
int ccurl_work(ccurl_session *session, int milliseconds);

// 1 where the transfer has ended, and `answer` is filled; it is valid until the transfer is freed.
int ccurl_ended(ccurl_transfer *transfer, ccurl_answer *answer);

// Bytes of content until now.
int64_t ccurl_count(ccurl_transfer *transfer);

// Breaks it off where it has not ended.
void ccurl_free(ccurl_transfer *transfer);

// All its transfers must have been freed.
void ccurl_session_free(ccurl_session *session);

#endif
