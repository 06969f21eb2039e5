#include "CArchive.h"
#include "CCrypto.h"
#include "library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define L carchive_library

// Two of libarchive's writers in a row: `tar` (absent for raw bytes) gives plain bytes to `push`, which hashes and
// counts them; `bytes` compresses them and gives them to `store`, which hashes, counts and writes them.
struct carchive_writer {
    struct archive *tar, *bytes;
    struct archive_entry *entry;
    ccrypto_sha256 *plain, *compressed;
    uint64_t plain_count, compressed_count;
    int descriptor;
};

static la_ssize_t store(struct archive *unused, void *context, const void *bytes, size_t count) {
    (void)unused;
    struct carchive_writer *writer = context;
    size_t done = 0;
    while (done < count) {
        ssize_t written = write(writer->descriptor, (const char *)bytes + done, count - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            carchive_fail(strerror(errno));
            return -1;
        }
        done += (size_t)written;
    }
    writer->compressed_count += count;
    if (ccrypto_sha256_update(writer->compressed, bytes, count) != 0) return -1;
    return (la_ssize_t)count;
}

static la_ssize_t push(struct archive *unused, void *context, const void *bytes, size_t count) {
    (void)unused;
    struct carchive_writer *writer = context;
    writer->plain_count += count;
    if (ccrypto_sha256_update(writer->plain, bytes, count) != 0) return -1;
    return L.archive_write_data(writer->bytes, bytes, count);
}

static int check(struct archive *archive, int result) {
    if (result >= ARCHIVE_WARN) return 0;
    const char *nearer = carchive_problem();
    if (!*nearer) carchive_fail(L.archive_error_string(archive));
    return -1;
}

static int begin(struct carchive_writer *writer, int kind, int compression) {
    struct archive *bytes = writer->bytes = L.archive_write_new();
    writer->entry = L.archive_entry_new();
    if (!bytes || !writer->entry) return -1;
    L.archive_write_set_format_raw(bytes);
    if (compression == CARCHIVE_GZIP) {
        L.archive_write_add_filter_gzip(bytes);
        L.archive_write_set_filter_option(bytes, "gzip", "timestamp", NULL);
    } else if (compression == CARCHIVE_ZSTD) {
        L.archive_write_add_filter_zstd(bytes);
    }
    L.archive_write_set_bytes_per_block(bytes, 128 << 10);
    L.archive_write_set_bytes_in_last_block(bytes, 1);
    if (check(bytes, L.archive_write_open(bytes, writer, NULL, store, NULL))) return -1;
    L.archive_entry_set_filetype(writer->entry, S_IFREG);
    L.archive_entry_copy_pathname(writer->entry, "data");
    if (check(bytes, L.archive_write_header(bytes, writer->entry))) return -1;
    if (kind == CARCHIVE_RAW) return 0;

    struct archive *tar = writer->tar = L.archive_write_new();
    if (!tar) return -1;
    L.archive_write_set_format_pax_restricted(tar);
    L.archive_write_set_bytes_per_block(tar, 128 << 10);
    L.archive_write_set_bytes_in_last_block(tar, 1);
    L.archive_entry_clear(writer->entry);
    return check(tar, L.archive_write_open(tar, writer, NULL, push, NULL));
}

carchive_writer *carchive_writer_open(int descriptor, int kind, int compression) {
    if (carchive_load() != 0) return NULL;
    carchive_fail("");
    struct carchive_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        carchive_fail("there is not enough memory");
        return NULL;
    }
    writer->descriptor = descriptor;
    writer->plain = ccrypto_sha256_new();
    writer->compressed = ccrypto_sha256_new();
    if (!writer->plain || !writer->compressed) carchive_fail(ccrypto_problem());
    else if (begin(writer, kind, compression) == 0) return writer;
    carchive_writer_free(writer);
    return NULL;
}

void carchive_writer_attribute(carchive_writer *writer, const char *name, const void *value, size_t count) {
    L.archive_entry_xattr_add_entry(writer->entry, name, value, count);
}

int carchive_writer_entry(carchive_writer *writer, const carchive_entry *entry) {
    carchive_fail("");
    locale_t before = carchive_enter_writing();
    struct archive_entry *target = writer->entry;
    L.archive_entry_copy_pathname(target, entry->path);
    if (entry->type == 0) L.archive_entry_copy_hardlink(target, entry->link);
    else if (entry->type == S_IFLNK) L.archive_entry_copy_symlink(target, entry->link);
    L.archive_entry_set_filetype(target, entry->type ? entry->type : S_IFREG);
    L.archive_entry_set_perm(target, (mode_t)entry->permissions);
    L.archive_entry_set_uid(target, entry->uid);
    L.archive_entry_set_gid(target, entry->gid);
    L.archive_entry_set_size(target, entry->type == S_IFREG ? entry->size : 0);
    L.archive_entry_set_mtime(target, entry->seconds, (long)entry->nanoseconds);
    int result = check(writer->tar, L.archive_write_header(writer->tar, target));
    L.archive_entry_clear(target);
    uselocale(before);
    return result;
}

int carchive_writer_data(carchive_writer *writer, const void *bytes, size_t count) {
    carchive_fail("");
    if (!writer->tar) return push(NULL, writer, bytes, count) == (la_ssize_t)count ? 0 : check(writer->bytes, ARCHIVE_FATAL);
    la_ssize_t written = L.archive_write_data(writer->tar, bytes, count);
    if (written == (la_ssize_t)count) return 0;
    // The library takes no more than the entry's size, without a word.
    if (written >= 0) carchive_fail("the file has grown while it was read");
    return check(writer->tar, ARCHIVE_FATAL);
}

int carchive_writer_finish(carchive_writer *writer, carchive_sums *sums) {
    carchive_fail("");
    if (writer->tar && check(writer->tar, L.archive_write_close(writer->tar))) return -1;
    if (check(writer->bytes, L.archive_write_finish_entry(writer->bytes))) return -1;
    if (check(writer->bytes, L.archive_write_close(writer->bytes))) return -1;
    sums->plain_count = writer->plain_count;
    sums->compressed_count = writer->compressed_count;
    if (ccrypto_sha256_finish(writer->plain, sums->plain)) return -1;
    return ccrypto_sha256_finish(writer->compressed, sums->compressed);
}

void carchive_writer_free(carchive_writer *writer) {
    // Not closed before: libarchive closes, and that may write; what comes out is thrown away by the caller.
    if (writer->tar) L.archive_write_free(writer->tar);
    if (writer->bytes) L.archive_write_free(writer->bytes);
    if (writer->entry) L.archive_entry_free(writer->entry);
    ccrypto_sha256_free(writer->plain);
    ccrypto_sha256_free(writer->compressed);
    free(writer);
}
