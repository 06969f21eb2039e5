#ifndef C_START_H
#define C_START_H
// What the Swift runtime does at each start and these programs do without. See CStart.c.
// Nothing to call: linked in, its definitions stand in the place of the Swift runtime's own.
#endif
