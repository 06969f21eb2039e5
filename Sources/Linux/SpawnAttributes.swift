import CLinux
import Glibc

/// How a program begins that posix_spawn(3) starts: with no signal blocked, whatever the thread that starts it blocks.
package struct SpawnAttributes: ~Copyable {
    /// For posix_spawn(3).
    package var raw = posix_spawnattr_t()

    /// - Parameters:
    ///   - defaults: signals that this process ignores have their usual effect on it.
    ///   - ownSession: it leads a session of its own.
    package init(defaults: Bool = false, ownSession: Bool = false) {
        posix_spawnattr_init(&raw)
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&raw, &none)
        posix_spawnattr_setsigdefault(&raw, &all)
        // POSIX_SPAWN_SETSID stands behind _GNU_SOURCE.
        let flags = POSIX_SPAWN_SETSIGMASK | (defaults ? POSIX_SPAWN_SETSIGDEF : 0) | (ownSession ? 0x80 : 0)
        posix_spawnattr_setflags(&raw, Int16(flags))
    }

    deinit {
        var raw = raw
        posix_spawnattr_destroy(&raw)
    }
}
