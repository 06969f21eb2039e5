// What an attacker would run inside a container. Built statically by the tests; prints a word where an attack works.
// No attack does harm where it works: what could be overwritten is only opened.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SESSION = -3, SEARCH = 10, SETPERM = 5, JOIN = 1 };

// Types a letter on whatever terminal can be reached.
static int type(void) {
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY);
    for (int i = 0; i < 3; i++)
        if (ioctl(i, TIOCSTI, "x") == 0) puts("typed");
    if (terminal >= 0 && ioctl(terminal, TIOCSTI, "x") == 0) puts("typed");
    return 0;
}

// On the host: a key that only those see who hold this session's keyring; then the rest of the command line.
static int plant(char **command) {
    syscall(SYS_keyctl, JOIN, "boxtop-test");
    long key = syscall(SYS_add_key, "user", "boxtop-secret", "x", 1L, (long)SESSION);
    if (key < 0) return 77;
    syscall(SYS_keyctl, SETPERM, key, 0x3f000000L);
    execvp(command[0], command);
    return 78;
}

static int find_key(void) {
    if (syscall(SYS_keyctl, SEARCH, (long)SESSION, "user", "boxtop-secret", 0L) > 0) puts("found");
    return 0;
}

static int is_own(const char *path) {
    struct stat own, other;
    if (stat(path, &other) != 0) return 0;
    // The image's own programs are its own to look into.
    return (stat("/proc/self/exe", &own) == 0 && own.st_ino == other.st_ino && own.st_dev == other.st_dev) ||
           (stat("/bin/busybox", &own) == 0 && own.st_ino == other.st_ino && own.st_dev == other.st_dev);
}

// Whether the process has ended: what it was last is then not to be known. One that is refused to us is there.
static int is_gone(const char *path) {
    struct stat status;
    return stat(path, &status) != 0 && (errno == ENOENT || errno == ESRCH);
}

// Calls `attack` for every process that runs another program, for `seconds`.
static int haunt(int seconds, void (*attack)(const char *pid)) {
    time_t end = time(NULL) + seconds;
    while (time(NULL) < end) {
        DIR *processes = opendir("/proc");
        for (struct dirent *entry; processes && (entry = readdir(processes));) {
            char path[300];
            if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || atoi(entry->d_name) == getpid()) continue;
            snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
            if (!is_own(path)) attack(entry->d_name);
        }
        if (processes) closedir(processes);
    }
    return 0;
}

// CVE-2019-5736: hold the program of a process that comes in, and open it for writing once nobody executes it.
static void overwrite(const char *pid) {
    char path[300], own[64];
    snprintf(path, sizeof path, "/proc/%s/exe", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status;
    fstat(file, &status);
    snprintf(own, sizeof own, "/proc/self/fd/%d", file);
    for (int i = 0; i < 200; i++) {
        int writable = open(own, O_WRONLY | O_CLOEXEC);
        if (writable >= 0) {
            printf("writable %ld\n", (long)status.st_size);
            close(writable);
            break;
        }
        if (errno != ETXTBSY) break;
        usleep(1000);
    }
    close(file);
}

static void peek(const char *pid) {
    char path[300], program[300];
    snprintf(path, sizeof path, "/proc/%s/mem", pid);
    snprintf(program, sizeof program, "/proc/%s/exe", pid);
    int memory = open(path, O_RDWR | O_CLOEXEC);
    if (memory >= 0) {
        // It may have become the image's program since it was chosen, and even have ended.
        if (!is_own(program) && !is_gone(program)) puts("peeked");
        close(memory);
    }
    if (ptrace(PTRACE_SEIZE, atoi(pid), 0, 0) == 0) {
        if (!is_own(program) && !is_gone(program)) puts("traced");
        ptrace(PTRACE_DETACH, atoi(pid), 0, 0);
    }
}

// Forks until it may not; says how often it could.
static int bomb(int most, int leave_zombies) {
    int made = 0;
    while (made < most) {
        pid_t pid = fork();
        if (pid < 0) break;
        if (pid == 0) {
            if (leave_zombies) _exit(0);
            pause();
        }
        made++;
    }
    printf("%d\n", made);
    fflush(stdout);
    if (leave_zombies) pause();
    kill(-1, SIGKILL);
    return 0;
}

static int eat(void) {
    for (;;) {
        char *piece = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED) return 1;
        memset(piece, 1, 1 << 20);
    }
}

static int be_deaf(void) {
    for (int i = 1; i < 65; i++) signal(i, SIG_IGN);
    for (;;) pause();
}

// Exchanges two files for one another as fast as can be, until it is killed.
static int exchange(const char *one, const char *other) {
    for (;;)
        if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE)) return 1;
}

// Tells the service manager, as sd_notify(3) does.
static int say(const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    int messages = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (!path) return 1;
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    return sendto(messages, message, strlen(message), 0, (void *)&address, sizeof address) < 0;
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *verb = count > 1 ? words[1] : "";
    if (!strcmp(verb, "type")) return type();
    if (!strcmp(verb, "plant")) return plant(words + 2);
    if (!strcmp(verb, "key")) return find_key();
    if (!strcmp(verb, "uid")) return printf("%d\n", geteuid()) < 0;
    if (!strcmp(verb, "overwrite")) return haunt(atoi(words[2]), overwrite);
    if (!strcmp(verb, "peek")) return haunt(atoi(words[2]), peek);
    if (!strcmp(verb, "bomb")) return bomb(atoi(words[2]), 0);
    if (!strcmp(verb, "zombies")) return bomb(atoi(words[2]), 1);
    if (!strcmp(verb, "eat")) return eat();
    if (!strcmp(verb, "exchange")) return exchange(words[2], words[3]);
    if (!strcmp(verb, "deaf")) return be_deaf();
    if (!strcmp(verb, "say")) return say(words[2]);
    return 2;
}
