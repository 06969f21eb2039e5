#include "library.h"

#include "CArchive.h"

#include <dlfcn.h>
#include <stdio.h>

struct carchive_library carchive_library;
static int loaded;
static _Thread_local char problem[512];

void carchive_fail(const char *reason) {
    if (reason) snprintf(problem, sizeof problem, "%s", reason);
}

const char *carchive_problem(void) { return problem; }

int carchive_loaded(void) { return loaded; }

int carchive_load(void) {
    if (loaded) return 0;
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        carchive_fail(dlerror());
        return -1;
    }
#define CARCHIVE_LOOK_UP(name)                                                                                         \
    carchive_library.name = (__typeof__(name) *)dlsym(library, #name);                                                 \
    if (!carchive_library.name) {                                                                                      \
        carchive_fail("libarchive lacks " #name);                                                                      \
        return -1;                                                                                                     \
    }
    CARCHIVE_FUNCTIONS(CARCHIVE_LOOK_UP)
#undef CARCHIVE_LOOK_UP
    loaded = 1;
    return 0;
}

static locale_t enter(locale_t *kept, const char *name) {
    if (!*kept) *kept = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    return uselocale(*kept);
}

locale_t carchive_enter_reading(void) {
    static locale_t bytes;
    return enter(&bytes, "C");
}

locale_t carchive_enter_writing(void) {
    static locale_t utf8;
    return enter(&utf8, "C.UTF-8");
}
