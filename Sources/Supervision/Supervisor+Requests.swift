import CLinux
import Cgroups
import Glibc
import JSON
import Linux
import Records

extension Supervisor {
    /// Does what a packet asks, and answers: at once, or once it has come true.
    mutating func handle(_ packet: [UInt8], from client: Client) {
        // Somebody else's by now, perhaps. Who has asked finds that the supervisor has gone, looks, and asks again.
        if isOver { return client.leave() }
        let request: ControlRequest
        do { request = try JSON.decode(ControlRequest.self, from: packet) } catch {
            client.reply(.refused("this supervisor does not know that request: \(error)"))
            return
        }
        switch request {
        case .attach(let input):
            client.reply(.done)
            (client.isAttached, client.givesInput) = (true, input)
        case .stop(let signal, let timeout):
            client.pending = .stop
            say(.stopped)
            stop(signal: signal, timeout: timeout, restarts: false)
        case .restart(let signal, let timeout):
            client.pending = .restart
            stop(signal: signal ?? record.stopSignal, timeout: timeout, restarts: true)
        case .kill(let signal): client.reply(kill(signal))
        case .pause: client.reply(pause())
        case .unpause: client.reply(unpause())
        case .hold:
            let reply = pause()
            if reply == .done { client.holdsStill = true }
            client.reply(reply)
        case .release: client.reply(client.holdsStill ? unpause() : .done)
        case .resize(let rows, let columns): client.reply(resize(rows: rows, columns: columns))
        case .wait: client.pending = .wait
        case .reload: client.reply(reload())
        }
    }

    /// Ends the container in order; SIGKILL follows after `timeout` seconds, never where that is negative.
    mutating func stop(signal: Int32, timeout: Double, restarts: Bool) {
        let killAt = timeout < 0 ? nil : MonotonicTime.now + timeout
        // Whoever is less patient decides, and a stop outweighs a restart.
        let earlier = [ending?.killAt, killAt].compactMap { $0 }.min()
        ending = Ending(killAt: earlier, restarts: restarts && ending?.restarts ?? true)
        guard life != nil else {
            // It waits to be started again by its policy.
            if restarts { startAgain() } else { finishWaiting() }
            return
        }
        try? life?.process.send(signal: signal)
        // The frozen hear nothing.
        if life?.isPaused ?? false { _ = unpause() }
    }

    private mutating func kill(_ signal: Int32) -> ControlReply {
        guard life != nil else { return .refused("the container does not run") }
        do { try life?.process.send(signal: signal) } catch { return .refused("\(error)") }
        if signal == SIGKILL || signal == record.stopSignal {
            // Meant to end it: the policy does not start it again.
            ending = ending ?? Ending(killAt: nil, restarts: false)
            if signal == SIGKILL { killAll() }
        }
        say(.killed, "signal \(signal)")
        return .done
    }

    private mutating func pause() -> ControlReply {
        guard let running = life?.running else { return .refused("the container does not run") }
        if life?.isPaused ?? false { return .refused("the container is paused already") }
        guard let group = cgroup() else { return .refused("this host has no control groups to freeze it with") }
        restFromChecks()
        do { try group.freeze() } catch {
            goOnChecking()
            return .refused("\(error)")
        }
        life?.isPaused = true
        set(.paused(running))
        say(.paused)
        return .done
    }

    mutating func unpause() -> ControlReply {
        guard let running = life?.running, life?.isPaused ?? false else {
            return .refused("the container is not paused")
        }
        do { try cgroup()?.thaw() } catch { return .refused("\(error)") }
        life?.isPaused = false
        // Whoever pauses it next means it.
        for client in clients.values { client.holdsStill = false }
        goOnChecking()
        set(.running(running))
        say(.unpaused)
        return .done
    }

    mutating func resize(rows: UInt16, columns: UInt16) -> ControlReply {
        guard let number = stdio.terminal?.number else { return .refused("the container has no terminal") }
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        return ioctl(number, UInt(TIOCSWINSZ), &size) == 0
            ? .done : .refused("\(SystemCallError("resize the terminal", errno: .current))")
    }

    private mutating func reload() -> ControlReply {
        let old = record
        do { record = try files.record(of: id) } catch { return .refused("\(error)") }
        log.options = record.log
        if life == nil { return .done }
        if record.network != old.network { holdPorts() }
        if record.limits == old.limits { return .done }
        do { try cgroup()?.apply(record.limits) } catch { return .refused("\(error)") }
        return .done
    }
}
