#ifndef C_ARCHIVE_H
#define C_ARCHIVE_H
// Tar archives, compressed or not, through libarchive, which is loaded at the first archive: linked, it costs 3 ms of
// every start (0.95 → 4.0 ms of a program that does nothing; it brings libxml2, ICU and others).
//
// It is C because dlsym(3) gives untyped pointers, which <archive.h> types here, and because reading and writing are
// chains of callbacks: bytes pass decompressor → SHA-256 and a count → tar, or the other way, without a copy in Swift.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Why a call failed: the library's words, or dlerror(3)'s where it cannot be loaded. Valid until the next call.
const char *carchive_problem(void);

// Whether the library is there: 1 or 0.
int carchive_loaded(void);

typedef struct carchive_reader carchive_reader;

typedef struct {
    // Bytes as they are in the archive, whatever the locale; valid until the next entry. `link` is the target of a
    // symbolic or hard link.
    const char *path, *link;
    // S_IFMT bits; 0 for a hard link.
    uint32_t type;
    // The permissions, set-user-id and sticky bits with them.
    uint32_t permissions;
    int64_t uid, gid, size, seconds;
    uint32_t nanoseconds;
} carchive_entry;

enum { CARCHIVE_TAR = 0, CARCHIVE_RAW = 1 };
enum { CARCHIVE_PLAIN = 0, CARCHIVE_GZIP = 1, CARCHIVE_ZSTD = 2 };
enum { CARCHIVE_ENTRY = 1, CARCHIVE_END = 0, CARCHIVE_FAILED = -1 };

// Reads from `descriptor`, at its offset: a tar archive, or (CARCHIVE_RAW) just the bytes under gzip, zstd, bzip2, xz or
// nothing. Tar alone, since layers are nothing else and each further parser is one more for a hostile file to try.
// More than `limit` uncompressed bytes fail. NULL where the library is missing or the file is not readable as such.
carchive_reader *carchive_reader_open(int descriptor, int kind, uint64_t limit);

// CARCHIVE_ENTRY with `entry` filled, CARCHIVE_END or CARCHIVE_FAILED.
int carchive_reader_next(carchive_reader *reader, carchive_entry *entry);

// The next stretch of the entry's data and where in the file it belongs; what lies between is zeros.
int carchive_reader_data(carchive_reader *reader, const void **bytes, size_t *count, int64_t *offset);

// The entry's next extended attribute; CARCHIVE_END after the last.
int carchive_reader_attribute(carchive_reader *reader, const char **name, const void **value, size_t *count);

// Reads what follows the archive's end and gives SHA-256 and number of all uncompressed bytes. 0 or -1.
int carchive_reader_finish(carchive_reader *reader, uint8_t digest[32], uint64_t *count);

void carchive_reader_free(carchive_reader *reader);

typedef struct carchive_writer carchive_writer;

// Writes a tar archive (ustar, pax where that is too narrow) to `descriptor`, or (CARCHIVE_RAW) just bytes, compressed.
// The same calls give the same bytes: no time or name goes into the gzip header.
carchive_writer *carchive_writer_open(int descriptor, int kind, int compression);

// Begins an entry. A hard link is one with type 0 and `link`. 0 or -1.
int carchive_writer_entry(carchive_writer *writer, const carchive_entry *entry);

// An extended attribute of the entry that is begun next.
void carchive_writer_attribute(carchive_writer *writer, const char *name, const void *value, size_t count);

// More of the entry's data. 0 or -1.
int carchive_writer_data(carchive_writer *writer, const void *bytes, size_t count);

// What has been written, after carchive_writer_finish.
typedef struct {
    uint8_t plain[32], compressed[32];
    uint64_t plain_count, compressed_count;
} carchive_sums;

// Ends the archive; gives SHA-256 and number of the bytes before and after compression. 0 or -1.
int carchive_writer_finish(carchive_writer *writer, carchive_sums *sums);

void carchive_writer_free(carchive_writer *writer);

#endif
