#include "transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define L ccurl_library

static int append(struct ccurl_bytes *bytes, const char *more, size_t count, size_t limit) {
    if (count > limit || bytes->count > limit - count) return -1;
    if (bytes->count + count + 1 > bytes->room) {
        size_t room = (bytes->count + count + 1) * 2;
        char *larger = realloc(bytes->start, room);
        if (!larger) return -1;
        bytes->start = larger;
        bytes->room = room;
    }
    memcpy(bytes->start + bytes->count, more, count);
    bytes->count += count;
    bytes->start[bytes->count] = 0;
    return 0;
}

size_t ccurl_on_header(char *bytes, size_t size, size_t count, void *context) {
    struct ccurl_transfer *transfer = context;
    count *= size;
    // A redirection or an answer of 100 has been before.
    if (count > 5 && memcmp(bytes, "HTTP/", 5) == 0) transfer->answer_headers.count = 0;
    return append(&transfer->answer_headers, bytes, count, 256 << 10) == 0 ? count : 0;
}

static size_t stop(struct ccurl_transfer *transfer, int outcome) {
    transfer->outcome = outcome;
    transfer->system_error = errno;
    return 0;
}

size_t ccurl_on_content(char *bytes, size_t size, size_t count, void *context) {
    struct ccurl_transfer *transfer = context;
    count *= size;
    long status = 0;
    L.curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->target < 0 || (status != 200 && status != 206)) {
        size_t limit = status == 200 && transfer->limit > 0 ? (size_t)transfer->limit : 1 << 20;
        return append(&transfer->body, bytes, count, limit) == 0 ? count : stop(transfer, CCURL_TOO_LARGE);
    }
    if (transfer->target_count == 0 && transfer->target_offset > 0) {
        // Only what begins where the file ends may go on it.
        const char *range = transfer->answer_headers.start ? strcasestr(transfer->answer_headers.start, "\ncontent-range:") : NULL;
        long long first = -1;
        if (status != 206 || !range || sscanf(range + 15, " bytes %lld-", &first) != 1 || first != transfer->target_offset)
            return stop(transfer, CCURL_FROM_START);
    }
    int64_t place = transfer->target_offset + transfer->target_count;
    if ((int64_t)count > transfer->limit - place) return stop(transfer, CCURL_TOO_LARGE);
    for (size_t done = 0; done < count;) {
        ssize_t written = pwrite(transfer->target, bytes + done, count - done, place + (int64_t)done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return stop(transfer, CCURL_FILE);
        done += (size_t)written;
    }
    if (transfer->hash && ccrypto_sha256_update(transfer->hash, bytes, count) != 0) return stop(transfer, CCURL_FAILED);
    transfer->target_count += (int64_t)count;
    return count;
}

size_t ccurl_on_send(char *room, size_t size, size_t count, void *context) {
    struct ccurl_transfer *transfer = context;
    int64_t left = transfer->source_count - transfer->source_done;
    size_t wanted = size * count;
    if ((int64_t)wanted > left) wanted = (size_t)left;
    if (wanted == 0) return 0;
    ssize_t got;
    do got = pread(transfer->source, room, wanted, transfer->source_offset + transfer->source_done);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        stop(transfer, CCURL_FILE);
        return CURL_READFUNC_ABORT;
    }
    transfer->source_done += got;
    return (size_t)got;
}

// The library sends a body again where a kept connection turns out to be closed.
int ccurl_on_rewind(void *context, curl_off_t offset, int origin) {
    struct ccurl_transfer *transfer = context;
    if (origin != SEEK_SET || offset < 0 || offset > transfer->source_count) return CURL_SEEKFUNC_FAIL;
    transfer->source_done = offset;
    return CURL_SEEKFUNC_OK;
}
