#include "CTerminal.h"
int cterm_open(void) { return 0; }
