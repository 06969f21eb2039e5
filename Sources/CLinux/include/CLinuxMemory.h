#ifndef C_LINUX_MEMORY_H
#define C_LINUX_MEMORY_H
// Giving memory back needs the linker's symbols and the stack's address, neither of which Swift has.

// Gives back what free() has kept, the stack that is not in use, and the program's own pages: those that are needed
// again come back from the page cache.
void clinux_give_back_memory(void);

#endif
