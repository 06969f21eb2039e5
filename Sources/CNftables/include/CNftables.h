#ifndef C_NFTABLES_H
#define C_NFTABLES_H
// Rules of the packet filter through libnftables, which is loaded at the first use: linked, it would cost every start
// 0.7 ms. Nothing of the program `nft` is started.
//
// It is C because dlsym(3) gives untyped pointers, which <nftables/libnftables.h> types here.

// Runs `commands`, the text that nft(8) reads, as one transaction in the network namespace of the first call: all of it
// comes true or none. 0 or -1; after that, what it printed and why it failed are below, valid until the next call.
int cnftables_run(const char *commands);
const char *cnftables_output(void);
// The library's words, several lines; dlerror(3)'s where it cannot be loaded.
const char *cnftables_problem(void);
// Whether the library is there: 1 or 0.
int cnftables_available(void);
// Gives the context back; the next call makes one, in the namespace that the process is in then.
void cnftables_close(void);

#endif
