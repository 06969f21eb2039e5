#ifndef C_TERMINAL_GUARD_H
#define C_TERMINAL_GUARD_H
// What gives the terminal back where the program cannot: in a crash, and where it is asked to end while a write hangs.

#include <stdbool.h>
#include <stddef.h>

// Remembers the tty of standard input as it is: what it is to be again.
bool guard_tty(void);

// From now on, with this to be written then, without what is NULL or (char *)-1, as tigetstr(3) has it.
void guard_begin(const char *const *goodbye, size_t count);
void guard_end(void);

// Around whatever is written to the terminal: see `stuck`. The last time nobody has to ask for it: whoever leaves has been
// asked to, and a second is enough for the other end to read it.
void begin_writing(void);
void begin_last_writing(void);
void end_writing(void);

#endif
