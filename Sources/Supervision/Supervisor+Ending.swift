import CLinux
import Cgroups
import Glibc
import Linux
import Records
import RuntimeCore

extension Supervisor {
    /// The container's first process has ended: what becomes of the container now.
    mutating func containerEnded() {
        guard let life = self.life.take() else { return }
        // First of all: whoever waits for the end waits for them, and they for nothing here.
        beginEndHooks()
        ports = HeldPorts()
        let code = status(of: life)
        poller.remove(life.process.number)
        let group = cgroup()
        let outOfMemory = group.map(Self.hasRunOutOfMemory) ?? false
        let isNews = memory?.newKills() != 0
        memory = nil
        memoryAt = nil
        // Before its group is emptied: a check on its way in would fill it again.
        endChecks()
        // In a process namespace of its own all others are dead by now; in the host's or another's they live on.
        try? group?.kill()
        life.members?.kill()
        if life.isPaused { try? group?.thaw() }
        life.keeper?.end()
        drainOutput()
        stdio = Stdio()
        try? group?.remove()
        let exit = Exit(
            code: code ?? 255, outOfMemory: outOfMemory, at: .now, started: life.running.started,
            reason: code == nil ? "another supervisor had started it: its status is unknown" : nil)
        if outOfMemory && isNews { say(.outOfMemory, "a process of it was killed") }
        say(.exited, Self.sentence(exit))
        let seconds = MonotonicTime.now.seconds(since: life.started)
        decide(exit, life: seconds)
    }

    /// Begins the bundle's `poststop` hooks, where it has any.
    mutating func beginEndHooks() {
        guard record.network?.needsHooks ?? false else { return }
        let bundle = Bundle(record: record, layout: layout, hierarchy: hierarchy)
        precedence.giveUp()
        endHooks = bundle.beginEnd(endNote)
        precedence.takeBack()
        endNote = nil
    }

    /// Whoever hears of the end, or is started next, finds the container's ports free.
    mutating func awaitEndHooks() {
        guard let hooks = endHooks.take() else { return }
        precedence.giveUp()
        hooks.finish()
        precedence.takeBack()
    }

    /// Whether the kernel has killed a process of the group for want of memory: `oom_kill` counts from when the group
    /// was made, which is each start.
    private static func hasRunOutOfMemory(_ group: Cgroup) -> Bool {
        var reader = UsageReader(group, keeping: [])
        reader.read(.oomKills, with: ReadBuffer())
        return reader.usage.oomKills ?? 0 > 0
    }

    /// Its status as a shell gives it; `nil` where nobody knows.
    private func status(of life: borrowing Life) -> Int32? {
        if !life.isAdopted { return try? life.process.wait() }
        // Its parent is init now. Since Linux 6.15 the kernel keeps the status on the descriptor, from when init has
        // taken it: a moment after it ended.
        for _ in 0..<100 {
            let code = clinux_pidfd_exit_code(life.process.number)
            if code >= 0 { return code }
            if Errno.current != .again { return nil }
            usleep(10_000)
        }
        return nil
    }

    private mutating func decide(_ exit: Exit, life seconds: Double) {
        let isStopped = ending.map { !$0.restarts } ?? false
        if ending?.restarts ?? false {
            set(.restarting(at: .now, attempt: 1, last: exit))
            startAgain()
            return
        }
        let decision = rule.decide(record.restart, code: exit.code, life: seconds, stopped: isStopped)
        switch decision {
        case .end: finish(exit)
        case .restart(let wait):
            awaitEndHooks()
            restartAt = MonotonicTime.now + wait
            let at = Timestamp(nanoseconds: Timestamp.now.nanoseconds + UInt64(wait * 1e9))
            set(.restarting(at: at, attempt: rule.attempts, last: exit))
            say(.restarting, "attempt \(rule.attempts), in \(Int(wait * 1_000)) ms")
        }
    }

    /// Starts the container again, after a failure or as somebody has asked.
    mutating func startAgain() {
        restartAt = nil
        if isOver { return }
        awaitEndHooks()
        _ = appearAgain()
        let asked = clients.values.filter { $0.pending == .restart }
        // Where a person wants it, the policy counts anew.
        if ending == nil { state.restarts += 1 } else { (state.restarts, rule) = (0, RestartRule()) }
        ending = nil
        do throws(SupervisionError) {
            try start()
        } catch {
            let exit = Exit(code: error.exitCode, at: .now, reason: error.description)
            for client in asked { client.reply(.refused(error.description)) }
            say(.exited, Self.sentence(exit))
            decide(exit, life: 0)
            return
        }
        say(.started, ports.loss)
        for client in asked { client.reply(.done) }
    }

    /// A stop came while the container waited to be started again.
    mutating func finishWaiting() {
        guard case .restarting(_, _, let last) = state.status else { return }
        restartAt = nil
        finish(last)
    }

    /// The end: nothing of the container is left but its record, its log and how it ended. In this order: whoever is
    /// told so, finds it so, and may start it again at once.
    mutating func finish(_ exit: Exit) {
        state.supervisor = nil
        // The time for SIGKILL may come while the foreground still reads, and the container has another life by then.
        ending = nil
        listener = nil
        if record.autoRemove {
            set(.removing)
            removeContainer(record, files)
            // They need its run folder.
            awaitEndHooks()
            removeRunFolder(id, layout)
            say(.removed)
        } else {
            awaitEndHooks()
            unlink(layout.controlSocket(id))
            Stdio.removePipes(in: folder)
            set(.exited(exit))
            try? files.write(last: state, of: id)
        }
        folderLock = nil
        lock = nil
        let last = exit.text
        for client in clients.values {
            switch client.pending {
            case .stop, .wait: client.reply(.exited(exit))
            case .restart: client.reply(.refused("the container has ended: \(Self.sentence(exit))"))
            case nil: if client.isAttached { client.send(.exited, last) }
            }
        }
        isOver = true
    }

    /// `exited 137, out of memory`
    static func sentence(_ exit: Exit) -> String {
        if let reason = exit.reason { return "exited \(exit.code), \(reason)" }
        if exit.outOfMemory { return "exited \(exit.code), out of memory" }
        if exit.code > 128 { return "exited \(exit.code), killed by signal \(exit.code - 128)" }
        return "exited \(exit.code)"
    }
}
