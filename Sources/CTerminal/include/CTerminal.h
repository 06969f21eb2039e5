#ifndef C_TERMINAL_H
#define C_TERMINAL_H
// The terminal through ncurses, under names of our own. Why C at all: in Swift 6 mode <curses.h> loses `stdscr` and
// `COLORS` (shared mutable state), A_*, KEY_F() and BUTTON* (macros with casts), and would bring names such as `refresh`,
// `move` and `clear` into every file. So this is the only room that includes it. Each function says why it is not Swift.

#include <stdbool.h>
#include <stdint.h>

// Attributes of a run, or-ed; curses has them as macros that Swift cannot see.
enum { CTERM_BOLD = 1, CTERM_DIM = 2, CTERM_REVERSE = 4, CTERM_UNDERLINE = 8 };

// One thing read from the terminal.
typedef enum { CTERM_NONE = 0, CTERM_CHARACTER, CTERM_KEY, CTERM_MOUSE } cterm_kind;
typedef struct {
    cterm_kind kind;
    uint32_t code;     // a Unicode scalar for CTERM_CHARACTER, a CTERM_KEY_* for CTERM_KEY
    int row, column;   // CTERM_MOUSE
    int wheel;         // CTERM_MOUSE: −1 up, 1 down, 0 a click
} cterm_event;

// KEY_* differ between builds of curses and are macros.
enum {
    CTERM_KEY_UP = 1, CTERM_KEY_DOWN, CTERM_KEY_LEFT, CTERM_KEY_RIGHT, CTERM_KEY_HOME, CTERM_KEY_END,
    CTERM_KEY_PAGE_UP, CTERM_KEY_PAGE_DOWN, CTERM_KEY_BACKSPACE, CTERM_KEY_DELETE, CTERM_KEY_BACKTAB, CTERM_KEY_ENTER,
    CTERM_KEY_ESCAPE, CTERM_KEY_PASTE, CTERM_KEY_PASTE_END, CTERM_KEY_GROUND, CTERM_KEY_DEVICE, CTERM_KEY_OTHER,
    CTERM_KEY_F1 = 64, // F1…F12 follow on
};

// newterm(3) with `stdin` and `stdout`, which Swift 6 refuses as shared mutable state. `term` NULL means $TERM.
// From here on a crash restores the screen too, and what asks this program to end (SIGTERM, SIGHUP, SIGINT, SIGQUIT,
// blocked) is heard while a terminal that nobody reads holds up a write, by SIGALRM's handler, which may call only what is
// async-signal-safe. 0, or −1 where the terminal is unknown or cannot move its cursor.
int cterm_open(const char *term);

// endwin(3) and delscreen(3) on the `SCREEN *` that cterm_open keeps.
void cterm_close(void);

// Leaves the screen to a child, and takes it back: def_prog_mode(3), endwin(3), and a full redraw need `curscr`.
void cterm_leave(void);
void cterm_enter(void);

// Asks the terminal for the colour of its ground, and then what it is, which all of them answer: CTERM_KEY_GROUND and the
// characters `:RRRR/GGGG/BBBB` and BEL, where it tells; CTERM_KEY_DEVICE and those up to a `c`. In order with curses' own.
void cterm_ask_ground(void);

// Without curses: remembers the tty of standard input as it is, and gives it back in a crash, until told that it is as
// it was. Here since a handler may call only what is async-signal-safe, which Swift is not.
void cterm_keep(void);
void cterm_kept(void);

// `LINES` and `COLS` are refused as shared mutable state.
void cterm_size(int *rows, int *columns);

// Asks the tty for its size and tells curses: ioctl(2) is variadic. SIGWINCH is blocked, so curses cannot notice itself.
void cterm_resize(void);

// `COLORS` after start_color(3) (0: none); whether the numbers are RGB; whether the palette can be changed.
int cterm_colours(void);
bool cterm_direct(void);
bool cterm_changeable(void);

// init_extended_color(3) and init_extended_pair(3); RGB as 0xRRGGBB, −1 the terminal's own colour. 0, or −1.
int cterm_colour(int index, uint32_t rgb);
int cterm_pair(int pair, int foreground, int background);

// Whether the locale writes UTF-8: nl_langinfo(3)'s CODESET is a macro, setlocale(3) must have been called before.
bool cterm_utf8(void);

// Puts `count` cells, each a scalar and a combining mark (or 0), at a place: cchar_t has no Swift face.
void cterm_put(int row, int column, const uint32_t *scalars, int count, int pair, int attributes);

// Shows the cursor at a place, or hides it (row −1): curs_set(3) and move(3) on `stdscr`.
void cterm_cursor(int row, int column);

// wnoutrefresh(3) and doupdate(3) on `stdscr`.
void cterm_flush(void);

// wget_wch(3) on `stdscr`, never blocking; `MEVENT` and its bit masks are macros.
cterm_event cterm_read(void);

// wcwidth(3) is behind _XOPEN_SOURCE, out of the Glibc module's sight. For the test of our own table.
int cterm_width(uint32_t scalar);

#endif
