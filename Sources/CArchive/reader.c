#include "CArchive.h"
#include "CCrypto.h"
#include "library.h"

#include <stdlib.h>
#include <sys/stat.h>

#define L carchive_library

// Two of libarchive's readers in a row: `bytes` decompresses and gives plain bytes, `tar` gets them by `pull`, which
// hashes and counts them on the way.
struct carchive_reader {
    struct archive *bytes, *tar;
    ccrypto_sha256 *hash;
    uint64_t limit, count;
    int ended;
    // Owned by `tar`, until it reads the next.
    struct archive_entry *current;
};

// The next plain bytes: their number, 0 at the end, -1 after a failure.
static la_ssize_t pull(struct archive *unused, void *context, const void **bytes) {
    (void)unused;
    struct carchive_reader *reader = context;
    size_t count = 0;
    la_int64_t offset;
    // A block may be empty without being the last.
    while (count == 0 && !reader->ended) {
        int result = L.archive_read_data_block(reader->bytes, bytes, &count, &offset);
        if (result == ARCHIVE_EOF) {
            reader->ended = 1;
            return 0;
        }
        if (result < ARCHIVE_WARN) {
            carchive_fail(L.archive_error_string(reader->bytes));
            return -1;
        }
    }
    if (reader->ended) return 0;
    reader->count += count;
    if (reader->count > reader->limit) {
        carchive_fail("it holds more than it may");
        return -1;
    }
    if (ccrypto_sha256_update(reader->hash, *bytes, count) != 0) {
        carchive_fail("libcrypto refused to hash");
        return -1;
    }
    return (la_ssize_t)count;
}

static int failed(struct archive *archive) {
    // What `pull` found is nearer to the cause than what the tar reader makes of it.
    const char *nearer = carchive_problem();
    if (!*nearer) carchive_fail(L.archive_error_string(archive));
    return CARCHIVE_FAILED;
}

static int begin(struct carchive_reader *reader, int descriptor, int kind) {
    struct archive *bytes = reader->bytes = L.archive_read_new();
    if (!bytes) return -1;
    // Not "all": some of the others run programs of the host.
    L.archive_read_support_filter_gzip(bytes);
    L.archive_read_support_filter_zstd(bytes);
    L.archive_read_support_filter_bzip2(bytes);
    L.archive_read_support_filter_xz(bytes);
    L.archive_read_support_format_raw(bytes);
    L.archive_read_support_format_empty(bytes);
    if (L.archive_read_open_fd(bytes, descriptor, 128 << 10) != ARCHIVE_OK) return failed(bytes);
    struct archive_entry *whole;
    int result = L.archive_read_next_header(bytes, &whole);
    if (result == ARCHIVE_EOF) reader->ended = 1;
    else if (result < ARCHIVE_WARN) return failed(bytes);
    if (kind == CARCHIVE_RAW) return 0;

    struct archive *tar = reader->tar = L.archive_read_new();
    if (!tar) return -1;
    L.archive_read_support_format_tar(tar);
    L.archive_read_support_format_empty(tar);
    return L.archive_read_open(tar, reader, NULL, pull, NULL) == ARCHIVE_OK ? 0 : failed(tar);
}

carchive_reader *carchive_reader_open(int descriptor, int kind, uint64_t limit) {
    if (carchive_load() != 0) return NULL;
    carchive_fail("");
    struct carchive_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        carchive_fail("there is not enough memory");
        return NULL;
    }
    reader->limit = limit;
    reader->hash = ccrypto_sha256_new();
    if (!reader->hash) carchive_fail(ccrypto_problem());
    locale_t before = carchive_enter_reading();
    int result = reader->hash ? begin(reader, descriptor, kind) : -1;
    uselocale(before);
    if (result == 0) return reader;
    carchive_reader_free(reader);
    return NULL;
}

static int next(struct carchive_reader *reader, struct archive_entry **found) {
    int result = L.archive_read_next_header(reader->tar, found);
    if (result == ARCHIVE_EOF) return CARCHIVE_END;
    // A warning is a name that is not UTF-8 (its bytes are there) or an attribute of no use here.
    return result < ARCHIVE_WARN ? failed(reader->tar) : CARCHIVE_ENTRY;
}

int carchive_reader_next(carchive_reader *reader, carchive_entry *entry) {
    carchive_fail("");
    reader->current = NULL;
    locale_t before = carchive_enter_reading();
    struct archive_entry *found = NULL;
    int result = next(reader, &found);
    if (result == CARCHIVE_ENTRY) {
        reader->current = found;
        const char *hard = L.archive_entry_hardlink(found);
        const char *path = L.archive_entry_pathname(found);
        *entry = (carchive_entry){
            .path = path ? path : "",
            .link = hard ? hard : L.archive_entry_symlink(found),
            .type = hard ? 0 : L.archive_entry_filetype(found),
            .permissions = L.archive_entry_perm(found) & 07777,
            .uid = L.archive_entry_uid(found),
            .gid = L.archive_entry_gid(found),
            .size = L.archive_entry_size(found),
            .seconds = L.archive_entry_mtime(found),
            .nanoseconds = (uint32_t)L.archive_entry_mtime_nsec(found),
        };
        L.archive_entry_xattr_reset(found);
    }
    uselocale(before);
    return result;
}

int carchive_reader_attribute(carchive_reader *reader, const char **name, const void **value, size_t *count) {
    if (!reader->current) return CARCHIVE_END;
    return L.archive_entry_xattr_next(reader->current, name, value, count) == ARCHIVE_OK ? CARCHIVE_ENTRY : CARCHIVE_END;
}

int carchive_reader_data(carchive_reader *reader, const void **bytes, size_t *count, int64_t *offset) {
    carchive_fail("");
    if (!reader->tar) {
        *offset = (int64_t)reader->count;
        la_ssize_t got = pull(NULL, reader, bytes);
        if (got < 0) return CARCHIVE_FAILED;
        *count = (size_t)got;
        return got > 0 ? CARCHIVE_ENTRY : CARCHIVE_END;
    }
    la_int64_t place = 0;
    int result = L.archive_read_data_block(reader->tar, bytes, count, &place);
    *offset = place;
    if (result == ARCHIVE_EOF) return CARCHIVE_END;
    return result < ARCHIVE_WARN ? failed(reader->tar) : CARCHIVE_ENTRY;
}

int carchive_reader_finish(carchive_reader *reader, uint8_t digest[32], uint64_t *count) {
    carchive_fail("");
    const void *bytes;
    la_ssize_t got;
    while ((got = pull(NULL, reader, &bytes)) > 0) continue;
    if (got < 0) return -1;
    *count = reader->count;
    return ccrypto_sha256_finish(reader->hash, digest);
}

void carchive_reader_free(carchive_reader *reader) {
    if (reader->tar) L.archive_read_free(reader->tar);
    if (reader->bytes) L.archive_read_free(reader->bytes);
    ccrypto_sha256_free(reader->hash);
    free(reader);
}
