#ifndef C_LINUX_INTERRUPTION_H
#define C_LINUX_INTERRUPTION_H
// A signal handler, which Swift cannot be: what it may call is a short list.

enum { CLINUX_INTERRUPTION_PROCESSES = 2 };

// From now on SIGHUP, SIGINT and SIGTERM are kept in mind, and kill the processes that this one waits for.
void clinux_interruption_begin(void);
// From now on nothing is killed: what runs clears up.
void clinux_interruption_end(void);
// Sets which process that is, of CLINUX_INTERRUPTION_PROCESSES at a time; -1: none.
void clinux_interruption_target(int slot, int pidfd);
// The signal that has come; 0: none.
int clinux_interruption(void);

#endif
