#ifndef C_CURL_LIBRARY_H
#define C_CURL_LIBRARY_H
// The functions of libcurl that are in use, each with the type that <curl/curl.h> gives it.

// The checks of types are macros over names that are looked up here.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define CCURL_FUNCTIONS(F)                                                                                             \
    F(curl_global_init)                                                                                                \
    F(curl_easy_init)                                                                                                  \
    F(curl_easy_setopt)                                                                                                \
    F(curl_easy_getinfo)                                                                                               \
    F(curl_easy_cleanup)                                                                                               \
    F(curl_easy_strerror)                                                                                              \
    F(curl_slist_append)                                                                                               \
    F(curl_slist_free_all)                                                                                             \
    F(curl_multi_init)                                                                                                 \
    F(curl_multi_setopt)                                                                                               \
    F(curl_multi_add_handle)                                                                                           \
    F(curl_multi_remove_handle)                                                                                        \
    F(curl_multi_perform)                                                                                              \
    F(curl_multi_poll)                                                                                                 \
    F(curl_multi_info_read)                                                                                            \
    F(curl_multi_cleanup)

// The header wraps some in macros of the same name.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define CCURL_MEMBER(name) __typeof__(name) *name;
extern struct ccurl_library {
    CCURL_FUNCTIONS(CCURL_MEMBER)
} ccurl_library;
#undef CCURL_MEMBER

// Loads the library where that has not been done. 0 or -1.
int ccurl_load(void);
void ccurl_fail(const char *reason);

#endif
