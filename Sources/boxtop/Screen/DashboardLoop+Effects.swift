import Cgroups
import Dashboard
import Glibc
import Linux
import Monitoring
import TerminalKit

extension DashboardLoop {
    /// Does what the dashboard asked for; what comes of it is an event again.
    mutating func perform(_ effect: Effect) {
        switch effect {
        case .run(let arguments): start(arguments)
        case .suspend(let visit): handTerminal(to: visit)
        case .applyLimit(let id, let change): apply(change, to: id)
        case .signal(let id, let process, let name): signal(process, of: id, name)
        case .needDetails(let id):
            take(
                .details(
                    ContainerDetails(
                        id: id, processes: source.processes(of: id), events: source.events(of: id, last: 200),
                        particulars: source.particulars(of: id))))
        case .needLog(let id, let count): take(.log(id: id, source.log(of: id, last: count)))
        case .saveLog(let id, let name): saveLog(of: id, name)
        case .needImages: take(.images(options.images()))
        case .needListing(let kind): take(.listed(options.listing(kind)))
        case .saveSettings(let settings): save(settings)
        case .setRate(let seconds): ticker.set(seconds: seconds)
        case .setTheme(let theme):
            terminal.change(theme: theme)
            model.look = terminal.look
        case .redraw: terminal.resize()
        case .sweep: isSweeping = true
        case .quit: isDone = true
        }
    }

    private mutating func start(_ arguments: [String]) {
        if let perform = options.perform {
            let result = perform(arguments)
            take(.ended(arguments: arguments, status: result.status, message: result.message))
            return
        }
        do throws(SystemCallError) {
            verbs.append(RunningVerb(try VerbProcess(arguments)))
        } catch {
            take(.ended(arguments: arguments, status: 125, message: error.description))
        }
    }

    private mutating func apply(_ change: LimitChange, to id: String) {
        do throws(Refused) {
            take(.limited(id: id, change, try controls.limit(id, change.applied(to:))))
        } catch {
            take(.limitRefused(id: id, error.description))
        }
        isSweeping = true
    }

    private mutating func signal(_ process: ProcessReading, of id: String, _ name: String) {
        do throws(Refused) {
            try controls.signal(process.identity, of: id, name)
            take(.signalled(process, name: name, refusal: nil))
        } catch {
            take(.signalled(process, name: name, refusal: error.description))
        }
    }

    private mutating func saveLog(of id: String, _ name: String) {
        let lines = source.log(of: id, last: 1_000_000)
        let time = Timestamp.now.description.prefix(19).filter { $0.isNumber }
        let path = "\(name)-\(time).log"
        let text = lines.map { "\($0.time) \($0.isError ? "stderr" : "stdout") \($0.text)\n" }.joined()
        do throws(SystemCallError) {
            try Files.replace(path, with: Array(text.utf8))
            let count = lines.count == 1 ? "1 line" : "\(Format.count(lines.count)) lines"
            take(.said("\(count) saved to \(path)", .done))
        } catch {
            take(.said(error.description, .failed))
        }
    }

    private mutating func save(_ settings: Settings) {
        guard let path = options.settingsFile else {
            take(.said("settings cannot be saved: neither XDG_CONFIG_HOME nor HOME is set", .failed))
            return
        }
        do throws(SystemCallError) {
            try Files.makeDirectories(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
            try Files.replace(path, with: Array(settings.text.utf8))
            take(.said("settings saved to \(path)", .done))
        } catch {
            take(.said(error.description, .failed))
        }
    }
}

enum LocalTime {
    /// Seconds east of UTC now, as TZ or /etc/localtime say. See localtime_r(3).
    static func offset() -> Int {
        var now = time(nil)
        var local = tm()
        return localtime_r(&now, &local) == nil ? 0 : local.tm_gmtoff
    }
}
