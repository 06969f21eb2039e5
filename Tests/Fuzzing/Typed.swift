import Containers
import Flags
import JSON
import Linux
import Networking
import Records
import Rendering

/// The text is read as what each flag of the command line takes.
func takeTyped(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let flag = FlagValue("--flag", text)
    if let size = accepted({ try flag.bytes() }) {
        hold((try? Parse.bytes("\(size)")) == size, "a size in bytes is that size")
    }
    if let cpus = accepted({ try flag.cpus() }) ?? nil { hold(cpus > 0 && cpus.isFinite, "a number of cores is one") }
    if let seconds = accepted({ try flag.seconds() }) { hold(seconds.isFinite && seconds >= 0, "a time is one") }
    if let number = accepted({ try flag.number(in: -20...19) }) { hold((-20...19).contains(number), "in its range") }
    _ = accepted { try flag.memory() }
    _ = accepted { try flag.swap(beside: 64 << 20) }
    _ = accepted { try flag.cpuShares() }
    _ = accepted { try flag.cores() }
    _ = accepted { try flag.processes() }
    _ = accepted { try flag.moment(now: Timestamp(nanoseconds: 1_795_689_700_000_000_000)) }
    _ = accepted { try flag.detachKeys() }
    _ = accepted { try flag.tail() }
    _ = accepted { try flag.filter() }
    _ = accepted { try flag.variable() }
    _ = accepted { try flag.variables(of: text) }
    var log = LogOptions()
    _ = accepted { try flag.logOption(&log) }
    let words = text.split(separator: " ").map(String.init)
    _ = accepted { try PsWords.columns(words) }
    let known = FlagWords(flags: [["-a", "--all"], ["--no-all"]], options: ["-n"], endsAtFirst: false)
    let plain = accepted { try known.plain(words) }
    if !text.contains("-") { hold(plain == words, "words that are no flags stay as they are") }
    takeGrammars(text)
    takeTemplate(text)
    if let time = Timestamp(text) { hold(Timestamp(time.description) == time, "a time survives being written") }
}

/// Of lists with one element: those of more would be gone through once for each that stands in another.
private func takeTemplate(_ text: String) {
    let value = JSONValue.of([
        ("Name", .string("web")), ("Pid", .integer(7)), ("Rate", .number(0.5)), ("Gone", .null), ("Env", .of(["A=1"])),
        ("Labels", .of(["team": "blue"])),
    ])
    do {
        let template = try Template(text)
        let isPlain = !text.contains("{{") && !text.contains("\\")
        hold(!isPlain || (try? template.text(of: value)) == text, "a template without fields is its text")
        let docker = JSONValue.of([("State", .of([("Running", .bool(true))]))])
        _ = try template.text(of: value, docker: docker)
    } catch { hold(!"\(error)".isEmpty, "a template that is refused says why") }
    _ = (try? Format("table \(text)")).map { try? render([Named(name: "web")], ListStyle(format: $0)) }
}

private struct Named: Listable {
    static let columns = [Column("name", "NAME", alias: "Names")]
    var name: String
    var cells: [Cell] { [Cell(name)] }
    var quiet: String { name }
}

private func takeGrammars(_ text: String) {
    if let volume = try? Parse.volume(text) { hold(volume.destination.hasPrefix("/"), "a volume's place is absolute") }
    if let tmpfs = try? Parse.tmpfs(text) { hold(tmpfs.destination.hasPrefix("/"), "a tmpfs's place is absolute") }
    _ = try? Parse.mount(text)
    _ = try? Parse.port(text)
    _ = try? Parse.network(text)
    if let address = IPAddress(text) {
        hold(IPAddress(address.description) == address, "an address survives being written")
    }
    if let subnet = Subnet(text) {
        hold(Subnet(subnet.description) == subnet, "a subnet survives being written")
        hold(subnet.contains(subnet.address(1)), "the first address of a subnet is in it")
    }
    _ = try? Parse.device(text)
    _ = try? Parse.security(text)
    _ = try? Parse.restart(text)
    _ = try? Parse.ulimit(text)
    _ = try? Parse.label(text)
    _ = try? Parse.host(text)
    if let signal = try? Parse.signal(text) { hold((1...64).contains(signal), "a signal is one") }
    if ContainerName.isValid(text) { hold(!text.contains("/") && text != "..", "a name is no path") }
}

/// What `parse` takes; a refusal must be a sentence.
private func accepted<Value>(_ parse: () throws -> Value) -> Value? {
    do { return try parse() } catch {
        hold("\(error)".contains(": "), "a refusal names what it refuses: \(error)")
        return nil
    }
}
