#include "Guard.h"

#include "CTerminal.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

// What the handler below writes: only these, prepared while all is well, since in a crash nothing may be allocated.
static struct termios tty_before;
static char farewell[512];
static size_t farewell_length, goodbye_length; // the second without the regret at its end
static bool guarding, keeping;
static char crash_stack[16 << 10];

static const char *const regret = "\r\nboxtop crashed; the containers run on. Please report what you did.\r\n";

static void remember(const char *text) {
    if (!text || text == (char *)-1) return;
    size_t length = strlen(text);
    if (farewell_length + length > sizeof farewell) return;
    memcpy(farewell + farewell_length, text, length);
    farewell_length += length;
}

static void crashed(int number) {
    if (guarding || keeping) {
        tcsetattr(STDIN_FILENO, TCSANOW, &tty_before);
        if (write(STDOUT_FILENO, farewell, farewell_length) < 0) { /* nobody is left to be told */ }
    }
    // SA_RESETHAND: on return it comes again and takes its usual end, core file included. A fault would do so by itself;
    // what another process has sent, or abort(3)'s first, would not, and the program would draw on.
    raise(number);
}

static void catch_crashes(void) {
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL); // a stack overflow leaves no room for a handler on the same stack
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_RESETHAND | SA_ONSTACK};
    const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &action, NULL);
}

void cterm_keep(void) {
    if (guarding || tcgetattr(STDIN_FILENO, &tty_before) != 0) return;
    farewell_length = 0;
    remember(regret);
    keeping = true;
    catch_crashes();
}

void cterm_kept(void) { keeping = false; }

// Nobody may be reading at the other end, and then a write never comes back. So as long as one lasts, it is looked now
// and then whether this program has been asked to end, and it does so from here: what is blocked for the loop's signalfd
// would wait for the write. curses itself goes on with one that was interrupted.
static volatile sig_atomic_t is_leaving;

static void stuck(int number) {
    (void)number;
    sigset_t waiting;
    bool is_told = sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGHUP) == 1
        || sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGQUIT) == 1);
    if (!is_told && !is_leaving) return;
    tcflush(STDOUT_FILENO, TCOFLUSH); // else there is no room for what gives the screen back
    tcsetattr(STDIN_FILENO, TCSANOW, &tty_before);
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
    if (write(STDOUT_FILENO, farewell, goodbye_length) < 0) { /* nobody is left to be told */ }
    fcntl(STDOUT_FILENO, F_SETFL, flags);
    _exit(0);
}

static void look_every(int milliseconds) {
    struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    setitimer(ITIMER_REAL, &(struct itimerval){.it_interval = time, .it_value = time}, NULL);
}

void begin_writing(void) { look_every(250); }
void end_writing(void) { look_every(0); }

void begin_last_writing(void) {
    is_leaving = true;
    look_every(1000);
}

bool guard_tty(void) { return tcgetattr(STDIN_FILENO, &tty_before) == 0; }

void guard_begin(const char *const *goodbye, size_t count) {
    struct sigaction action = {.sa_handler = stuck, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigaction(SIGALRM, &action, NULL);
    sigset_t alarm; // which whoever has started this may have blocked
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    is_leaving = false;
    farewell_length = 0;
    for (size_t i = 0; i < count; i++) remember(goodbye[i]);
    goodbye_length = farewell_length;
    remember(regret);
    guarding = true;
    catch_crashes();
}

void guard_end(void) { guarding = false; }
