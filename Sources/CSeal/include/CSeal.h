#ifndef C_SEAL_H
#define C_SEAL_H
// This program's own file out of a container's reach, before anything else of it runs. See CSeal.c.

// 0 where the program runs from a file that nobody can write to, or need not; else why it could not, an errno.
int cseal_result(void);

#endif
