#ifndef C_ARCHIVE_LIBRARY_H
#define C_ARCHIVE_LIBRARY_H
// The functions of libarchive that are in use, each with the type that <archive.h> gives it.

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#define CARCHIVE_FUNCTIONS(F)                                                                                          \
    F(archive_error_string)                                                                                            \
    F(archive_read_new)                                                                                                \
    F(archive_read_support_filter_gzip)                                                                                \
    F(archive_read_support_filter_zstd)                                                                                \
    F(archive_read_support_filter_bzip2)                                                                               \
    F(archive_read_support_filter_xz)                                                                                  \
    F(archive_read_support_format_tar)                                                                                 \
    F(archive_read_support_format_raw)                                                                                 \
    F(archive_read_support_format_empty)                                                                               \
    F(archive_read_open_fd)                                                                                            \
    F(archive_read_open)                                                                                               \
    F(archive_read_next_header)                                                                                        \
    F(archive_read_data_block)                                                                                         \
    F(archive_read_free)                                                                                               \
    F(archive_write_new)                                                                                               \
    F(archive_write_set_format_pax_restricted)                                                                         \
    F(archive_write_set_format_raw)                                                                                    \
    F(archive_write_add_filter_gzip)                                                                                   \
    F(archive_write_add_filter_zstd)                                                                                   \
    F(archive_write_set_filter_option)                                                                                 \
    F(archive_write_set_bytes_per_block)                                                                               \
    F(archive_write_set_bytes_in_last_block)                                                                           \
    F(archive_write_open)                                                                                              \
    F(archive_write_header)                                                                                            \
    F(archive_write_data)                                                                                              \
    F(archive_write_finish_entry)                                                                                      \
    F(archive_write_close)                                                                                             \
    F(archive_write_free)                                                                                              \
    F(archive_entry_new)                                                                                               \
    F(archive_entry_free)                                                                                              \
    F(archive_entry_clear)                                                                                             \
    F(archive_entry_pathname)                                                                                          \
    F(archive_entry_symlink)                                                                                           \
    F(archive_entry_hardlink)                                                                                          \
    F(archive_entry_filetype)                                                                                          \
    F(archive_entry_perm)                                                                                              \
    F(archive_entry_uid)                                                                                               \
    F(archive_entry_gid)                                                                                               \
    F(archive_entry_size)                                                                                              \
    F(archive_entry_mtime)                                                                                             \
    F(archive_entry_mtime_nsec)                                                                                        \
    F(archive_entry_xattr_reset)                                                                                       \
    F(archive_entry_xattr_next)                                                                                        \
    F(archive_entry_xattr_add_entry)                                                                                   \
    F(archive_entry_copy_pathname)                                                                                     \
    F(archive_entry_copy_symlink)                                                                                      \
    F(archive_entry_copy_hardlink)                                                                                     \
    F(archive_entry_set_filetype)                                                                                      \
    F(archive_entry_set_perm)                                                                                          \
    F(archive_entry_set_uid)                                                                                           \
    F(archive_entry_set_gid)                                                                                           \
    F(archive_entry_set_size)                                                                                          \
    F(archive_entry_set_mtime)

#define CARCHIVE_MEMBER(name) __typeof__(name) *name;
extern struct carchive_library {
    CARCHIVE_FUNCTIONS(CARCHIVE_MEMBER)
} carchive_library;
#undef CARCHIVE_MEMBER

// Loads the library where that has not been done. 0 or -1.
int carchive_load(void);

// Remembers why something failed; NULL keeps what was remembered first in this call.
void carchive_fail(const char *reason);

// The calling thread's locale while names are read (the C locale: bytes stay as they are; under a UTF-8 locale the
// library would normalise them) or written (UTF-8, so that pax headers are). Give the result to uselocale(3) after.
locale_t carchive_enter_reading(void);
locale_t carchive_enter_writing(void);

#endif
