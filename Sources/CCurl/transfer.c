#include "transfer.h"

#include <stdlib.h>
#include <string.h>

#define L ccurl_library
#define SET(option, value)                                                                                             \
    if (L.curl_easy_setopt(easy, option, value) != CURLE_OK) {                                                         \
        ccurl_fail("libcurl does not know " #option);                                                                  \
        return -1;                                                                                                     \
    }

ccurl_session *ccurl_session_new(void) {
    if (ccurl_load() != 0) return NULL;
    struct ccurl_session *session = calloc(1, sizeof *session);
    if (session) session->multi = L.curl_multi_init();
    if (session && session->multi) return session;
    free(session);
    ccurl_fail("there is not enough memory");
    return NULL;
}

void ccurl_session_free(ccurl_session *session) {
    if (!session) return;
    L.curl_multi_cleanup(session->multi);
    free(session);
}

static int set_connection(CURL *easy, const ccurl_request *request) {
    // HTTP/1.1: a connection for each blob, of which one that breaks breaks no other.
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "boxtop");
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    int secure = strncmp(request->url, "https:", 6) == 0;
    SET(CURLOPT_REDIR_PROTOCOLS, (long)(secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
    // A header of ours with a password is not sent on to another host.
    SET(CURLOPT_FOLLOWLOCATION, (long)request->follows);
    SET(CURLOPT_MAXREDIRS, 5L);
    SET(CURLOPT_CONNECTTIMEOUT, 15L);
    // Not a byte in a minute: broken.
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, 60L);
    SET(CURLOPT_BUFFERSIZE, 256L << 10);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    if (request->rate > 0) {
        SET(CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)request->rate);
        SET(CURLOPT_MAX_SEND_SPEED_LARGE, (curl_off_t)request->rate);
    }
    if (request->proxy) SET(CURLOPT_PROXY, request->proxy);
    if (request->no_proxy) SET(CURLOPT_NOPROXY, request->no_proxy);
    if (request->trusts_anybody) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (request->authorities) {
        // In place of the file of the system's authorities; the folder of them stays.
        struct curl_blob blob = {(void *)request->authorities, strlen(request->authorities), CURL_BLOB_COPY};
        SET(CURLOPT_CAINFO_BLOB, &blob);
    }
    if (request->certificate) SET(CURLOPT_SSLCERT, request->certificate);
    if (request->key) SET(CURLOPT_SSLKEY, request->key);
    return 0;
}

static int set_content(struct ccurl_transfer *transfer, const ccurl_request *request) {
    CURL *easy = transfer->easy;
    SET(CURLOPT_ERRORBUFFER, transfer->problem);
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_WRITEFUNCTION, ccurl_on_content);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, ccurl_on_header);
    SET(CURLOPT_HEADERDATA, transfer);
    if (strcmp(request->method, "HEAD") == 0) {
        SET(CURLOPT_NOBODY, 1L);
    } else if (request->source >= 0) {
        SET(CURLOPT_UPLOAD, 1L);
        SET(CURLOPT_READFUNCTION, ccurl_on_send);
        SET(CURLOPT_READDATA, transfer);
        SET(CURLOPT_SEEKFUNCTION, ccurl_on_rewind);
        SET(CURLOPT_SEEKDATA, transfer);
        SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->source_count);
        SET(CURLOPT_CUSTOMREQUEST, request->method);
    } else if (strcmp(request->method, "GET") != 0) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_count);
        SET(CURLOPT_COPYPOSTFIELDS, request->body_count ? request->body : "");
        SET(CURLOPT_CUSTOMREQUEST, request->method);
    }
    const char *line = request->headers;
    while (line && *line) {
        const char *end = strchrnul(line, '\n');
        char *text = strndup(line, (size_t)(end - line));
        struct curl_slist *longer = text ? L.curl_slist_append(transfer->headers, text) : NULL;
        free(text);
        if (!longer) return -1;
        transfer->headers = longer;
        line = *end ? end + 1 : end;
    }
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_URL, request->url);
    return 0;
}

ccurl_transfer *ccurl_begin(ccurl_session *session, const ccurl_request *request) {
    ccurl_fail("there is not enough memory");
    struct ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->source = request->source;
    transfer->source_offset = request->source_offset;
    transfer->source_count = request->source_count;
    transfer->target = request->target;
    transfer->target_offset = request->target_offset;
    transfer->limit = request->limit;
    transfer->hash = request->hash;
    transfer->easy = L.curl_easy_init();
    if (transfer->easy && set_connection(transfer->easy, request) == 0 && set_content(transfer, request) == 0 &&
        L.curl_multi_add_handle(session->multi, transfer->easy) == CURLM_OK) {
        transfer->session = session;
        return transfer;
    }
    ccurl_free(transfer);
    return NULL;
}

int ccurl_work(ccurl_session *session, int milliseconds) {
    int running = 0, left = 0;
    if (L.curl_multi_perform(session->multi, &running) != CURLM_OK) return -1;
    CURLMsg *message;
    int news = 0;
    while ((message = L.curl_multi_info_read(session->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        struct ccurl_transfer *transfer = NULL;
        L.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer->ended = 1;
        transfer->code = message->data.result;
        news = 1;
    }
    // Also where nothing runs, and somebody waits to try again.
    if (news) return 0;
    return L.curl_multi_poll(session->multi, NULL, 0, milliseconds, NULL) == CURLM_OK ? 0 : -1;
}

static int outcome(const struct ccurl_transfer *transfer) {
    if (transfer->outcome) return transfer->outcome;
    switch (transfer->code) {
    case CURLE_OK: return CCURL_DONE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return CCURL_NO_HOST;
    case CURLE_COULDNT_CONNECT: return CCURL_REFUSED;
    case CURLE_SSL_CONNECT_ERROR: return CCURL_NO_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return CCURL_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR: return CCURL_BROKEN;
    default: return CCURL_FAILED;
    }
}

int ccurl_ended(ccurl_transfer *transfer, ccurl_answer *answer) {
    if (!transfer->ended) return 0;
    long status = 0;
    char *url = NULL;
    L.curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    L.curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
    *answer = (ccurl_answer){
        .outcome = outcome(transfer),
        .system_error = transfer->system_error,
        .problem = *transfer->problem ? transfer->problem : L.curl_easy_strerror(transfer->code),
        .status = (int)status,
        .headers = transfer->answer_headers.start ? transfer->answer_headers.start : "",
        .body = transfer->body.start,
        .body_count = transfer->body.count,
        .url = url ? url : "",
        .count = ccurl_count(transfer),
    };
    return 1;
}

int64_t ccurl_count(ccurl_transfer *transfer) {
    return transfer->source >= 0 ? transfer->source_done : transfer->target_count;
}

void ccurl_free(ccurl_transfer *transfer) {
    if (!transfer) return;
    if (transfer->session) L.curl_multi_remove_handle(transfer->session->multi, transfer->easy);
    if (transfer->easy) L.curl_easy_cleanup(transfer->easy);
    L.curl_slist_free_all(transfer->headers);
    free(transfer->answer_headers.start);
    free(transfer->body.start);
    free(transfer);
}
