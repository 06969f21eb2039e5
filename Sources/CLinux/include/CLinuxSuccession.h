#ifndef C_LINUX_SUCCESSION_H
#define C_LINUX_SUCCESSION_H
// A signal handler, which Swift cannot be: what it may call is a short list, and execve(2) is on it.

// From now on SIGHUP, SIGINT or SIGTERM makes this process `name word NUMBER` of the program that it runs, with these
// three signals blocked. One that is ignored stays so. Both texts must last.
void clinux_succession_begin(char *name, char *word);
// Ends this process by signal `number`, as if nobody had ever handled it.
void clinux_end_by(int number);

#endif
