#ifndef C_CURL_TRANSFER_H
#define C_CURL_TRANSFER_H
#include "CCurl.h"
#include "library.h"

struct ccurl_session {
    CURLM *multi;
};

// Bytes that grow up to a limit, always with a zero after them.
struct ccurl_bytes {
    char *start;
    size_t count, room;
};

struct ccurl_transfer {
    struct ccurl_session *session;
    CURL *easy;
    struct curl_slist *headers;
    int source, target, ended, outcome, system_error;
    int64_t source_offset, source_count, source_done;
    int64_t target_offset, target_count, limit;
    ccrypto_sha256 *hash;
    struct ccurl_bytes answer_headers, body;
    CURLcode code;
    char problem[CURL_ERROR_SIZE];
};

// The callbacks, in callbacks.c.
size_t ccurl_on_content(char *bytes, size_t size, size_t count, void *context);
size_t ccurl_on_header(char *bytes, size_t size, size_t count, void *context);
size_t ccurl_on_send(char *room, size_t size, size_t count, void *context);
int ccurl_on_rewind(void *context, curl_off_t offset, int origin);

#endif
