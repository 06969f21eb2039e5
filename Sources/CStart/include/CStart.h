#ifndef C_START_H
#define C_START_H
// What the Swift runtime does at each start and these programs do without. See CStart.c.
// Linked in, its definitions stand in the place of the Swift runtime's own.

// The program's arguments and their number, as they were given.
char **cstart_arguments(int *count);
#endif
