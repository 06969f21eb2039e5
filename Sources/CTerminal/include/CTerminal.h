#ifndef C_TERMINAL_H
#define C_TERMINAL_H
int cterm_open(void);
#endif
