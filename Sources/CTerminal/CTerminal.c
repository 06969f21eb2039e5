#include "CTerminal.h"
#include "Guard.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;

// Bracketed paste: what is pasted comes between these two, and is no keys. Codes above all that curses knows itself.
// And how a terminal's answers begin: that about the colour of its ground, and that about what it is.
enum { PASTE = KEY_MAX + 1, PASTE_END, GROUND, DEVICE };
static const char *const paste_on = "\033[?2004h", *const paste_off = "\033[?2004l";

static void tell(const char *text) {
    fputs(text, stdout);
    fflush(stdout);
}

static void guard(void) {
    const char *const goodbye[] = {
        tigetstr("rmkx"), paste_off, tigetstr("kmous") > (char *)0 ? "\033[?1006l\033[?1000l" : NULL, tigetstr("cnorm"),
        tigetstr("sgr0"), tigetstr("oc"), tigetstr("rmcup"),
    };
    guard_begin(goodbye, sizeof goodbye / sizeof *goodbye);
}

static bool silent_about_language(void) {
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return false;
    }
    return true;
}

// Ctrl-S and Ctrl-Q are keys like all others: a screen that stands still would look like one that has broken.
static void let_through_all_keys(void) {
    struct termios tty;
    if (tcgetattr(STDIN_FILENO, &tty) != 0) return;
    tty.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(STDIN_FILENO, TCSANOW, &tty);
    def_prog_mode(); // so that curses comes back to it
}

int cterm_open(const char *term) {
    // Where nothing is said (sudo, a bare login), today's terminals write UTF-8; where C is asked for, C it is.
    if (!silent_about_language() || !setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "");
    if (!guard_tty()) return -1;
    screen = newterm(term, stdout, stdin); // unlike initscr(3), says no rather than calling exit(3)
    if (!screen) return -1;
    if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
        cterm_close();
        return -1;
    }
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    let_through_all_keys();
    set_escdelay(40);
    curs_set(0);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    mouseinterval(0);
    define_key("\033[200~", PASTE);
    define_key("\033[201~", PASTE_END);
    define_key("\033]11;rgb", GROUND);
    define_key("\033[?", DEVICE);
    tell(paste_on);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    guard();
    return 0;
}

void cterm_close(void) {
    if (!screen) return;
    begin_last_writing();
    tell(paste_off);
    endwin();
    end_writing();
    guard_end();
    delscreen(screen);
    screen = NULL;
}

void cterm_leave(void) {
    begin_writing();
    tell(paste_off);
    def_prog_mode();
    endwin();
    end_writing();
}

void cterm_enter(void) {
    begin_writing();
    reset_prog_mode();
    tell(paste_on);
    clearok(curscr, TRUE);
    wrefresh(stdscr);
    curs_set(0);
    end_writing();
}

void cterm_ask_ground(void) {
    begin_writing();
    tell("\033]11;?\a\033[c");
    end_writing();
}

void cterm_size(int *rows, int *columns) { getmaxyx(stdscr, *rows, *columns); }

void cterm_resize(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
    resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE); // terminals reflow what they showed: draw all of it again
}

int cterm_colours(void) { return has_colors() ? COLORS : 0; }
bool cterm_direct(void) { return tigetflag("RGB") > 0 || COLORS > 256; }
bool cterm_changeable(void) { return can_change_color(); }

int cterm_colour(int index, uint32_t rgb) {
    int part[3];
    for (int i = 0; i < 3; i++) part[i] = (int)((rgb >> (16 - 8 * i) & 255) * 1000 / 255);
    return init_extended_color(index, part[0], part[1], part[2]) == OK ? 0 : -1;
}

int cterm_pair(int pair, int foreground, int background) {
    return init_extended_pair(pair, foreground, background) == OK ? 0 : -1;
}

bool cterm_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

void cterm_put(int row, int column, const uint32_t *scalars, int count, int pair, int attributes) {
    attr_t attribute = A_NORMAL;
    if (attributes & CTERM_BOLD) attribute |= A_BOLD;
    if (attributes & CTERM_DIM) attribute |= A_DIM;
    if (attributes & CTERM_REVERSE) attribute |= A_REVERSE;
    if (attributes & CTERM_UNDERLINE) attribute |= A_UNDERLINE;
    cchar_t cells[128];
    wmove(stdscr, row, column);
    while (count > 0) {
        int part = count < 128 ? count : 128, columns = 0;
        for (int i = 0; i < part; i++) {
            wchar_t text[3] = {(wchar_t)scalars[2 * i], (wchar_t)scalars[2 * i + 1], 0};
            setcchar(&cells[i], text, attribute, 0, &pair);
            columns += wcwidth(text[0]) == 2 ? 2 : 1;
        }
        mvwadd_wchnstr(stdscr, row, column, cells, part);
        scalars += 2 * part;
        column += columns;
        count -= part;
    }
}

void cterm_cursor(int row, int column) {
    curs_set(row < 0 ? 0 : 1);
    if (row >= 0) wmove(stdscr, row, column);
}

void cterm_flush(void) {
    begin_writing();
    wnoutrefresh(stdscr);
    doupdate();
    end_writing();
}

static uint32_t key(wint_t code) {
    switch (code) {
    case KEY_UP: return CTERM_KEY_UP;
    case KEY_DOWN: return CTERM_KEY_DOWN;
    case KEY_LEFT: return CTERM_KEY_LEFT;
    case KEY_RIGHT: return CTERM_KEY_RIGHT;
    case KEY_HOME: return CTERM_KEY_HOME;
    case KEY_END: return CTERM_KEY_END;
    case KEY_PPAGE: return CTERM_KEY_PAGE_UP;
    case KEY_NPAGE: return CTERM_KEY_PAGE_DOWN;
    case KEY_BACKSPACE: return CTERM_KEY_BACKSPACE;
    case KEY_DC: return CTERM_KEY_DELETE;
    case KEY_BTAB: return CTERM_KEY_BACKTAB;
    case KEY_ENTER: return CTERM_KEY_ENTER;
    case PASTE: return CTERM_KEY_PASTE;
    case PASTE_END: return CTERM_KEY_PASTE_END;
    case GROUND: return CTERM_KEY_GROUND;
    case DEVICE: return CTERM_KEY_DEVICE;
    default: break;
    }
    if (code >= KEY_F(1) && code <= KEY_F(12)) return CTERM_KEY_F1 + (code - KEY_F(1));
    return CTERM_KEY_OTHER;
}

static cterm_event mouse(void) {
    cterm_event event = {.kind = CTERM_KEY, .code = CTERM_KEY_OTHER};
    MEVENT report;
    if (getmouse(&report) != OK) return event;
    event.kind = CTERM_MOUSE;
    event.row = report.y;
    event.column = report.x;
    if (report.bstate & BUTTON4_PRESSED) event.wheel = -1;
    if (report.bstate & BUTTON5_PRESSED) event.wheel = 1;
    return event;
}

static cterm_event character(wint_t code) {
    cterm_event event = {.kind = CTERM_CHARACTER, .code = (uint32_t)code};
    uint32_t named = 0;
    if (code == 27) {
        // Alt sends Escape and the letter at once: neither may act, least of all one after the other.
        wint_t next;
        int kind = wget_wch(stdscr, &next);
        // A second Escape is a key of its own.
        bool again = kind == OK && next == 27 && unget_wch(27) == OK;
        named = kind == ERR || again ? CTERM_KEY_ESCAPE : CTERM_KEY_OTHER;
    }
    if (code == 13 || code == 10) named = CTERM_KEY_ENTER;
    if (code == 127 || code == 8) named = CTERM_KEY_BACKSPACE;
    if (named) event = (cterm_event){.kind = CTERM_KEY, .code = named};
    return event;
}

cterm_event cterm_read(void) {
    wint_t code;
    begin_writing(); // curses puts on the screen first what waits to be
    int kind = wget_wch(stdscr, &code);
    end_writing();
    switch (kind) {
    case OK: return character(code);
    case KEY_CODE_YES:
        if (code == KEY_RESIZE) return cterm_read(); // resizeterm(3) queues one; cterm_resize's caller knows
        if (code == KEY_MOUSE) return mouse();
        return (cterm_event){.kind = CTERM_KEY, .code = key(code)};
    default: return (cterm_event){.kind = CTERM_NONE};
    }
}

int cterm_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
