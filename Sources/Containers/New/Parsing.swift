import Glibc
import Records

/// Reads what a person types into the values of `NewContainer`; each throws a sentence that names the flag's form.
package enum Parse {
    /// Bytes: `512`, `64k`, `1.5g`, `10mb`, `2GiB`; all binary, as docker takes them.
    package static func bytes(_ text: String) throws(ContainerError) -> UInt64 {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).lowercased()
        let shift: Int? =
            switch unit {
            case "", "b": 0
            case "k", "kb", "kib": 10
            case "m", "mb", "mib": 20
            case "g", "gb", "gib": 30
            case "t", "tb", "tib": 40
            case "p", "pb", "pib": 50
            default: nil
            }
        guard let shift, let number = Double(digits), digits.first != ".",
            number * Double(UInt64(1) << UInt64(shift)) < 9e18
        else {
            throw ContainerError(
                .invalid, "“\(text)” is not a size: a number, with k, m, g or t behind it (512m, 1.5g)")
        }
        return UInt64(number * Double(UInt64(1) << UInt64(shift)))
    }

    /// A share of `Limits.swap` out of docker's `--memory-swap`, which counts memory and swap together; `-1` and
    /// `unlimited` are no limit.
    package static func swap(total text: String, memory: UInt64?) throws(ContainerError) -> UInt64? {
        if text == "-1" || text == "unlimited" || text == "max" { return nil }
        let total = try bytes(text)
        guard let memory else {
            throw ContainerError(.invalid, "a limit of memory and swap needs one of memory too: add --memory")
        }
        guard total >= memory else {
            throw ContainerError(
                .invalid, "memory and swap together (\(text)) are less than memory alone: give at least as much")
        }
        return total - memory
    }

    /// `no`, `on-failure`, `on-failure:5`, `always`, `unless-stopped`.
    package static func restart(_ text: String) throws(ContainerError) -> RestartPolicy {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("no", 1), ("", 1): return .no
        case ("always", 1): return .always
        case ("unless-stopped", 1): return .unlessStopped
        case ("on-failure", 1): return .onFailure(retries: nil)
        case ("on-failure", 2):
            if let retries = Int(parts[1]), retries >= 0 { return .onFailure(retries: retries == 0 ? nil : retries) }
        default: break
        }
        throw ContainerError(
            .invalid, "“\(text)” is not a restart policy: no, on-failure, on-failure:N, always or unless-stopped")
    }

    /// `15`, `TERM`, `SIGTERM`, `sigterm`, `RTMIN+3`.
    package static func signal(_ text: String) throws(ContainerError) -> Int32 {
        if let number = Int32(text), (1...64).contains(number) { return number }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let number = SignalNames.number(name) { return number }
        throw ContainerError(.invalid, "“\(text)” is not a signal: a name such as TERM, or a number from 1 to 64")
    }

    /// `TYPE=SOFT[:HARD]`, where a limit is a number or `unlimited`.
    package static func ulimit(_ text: String) throws(ContainerError) -> Ulimit {
        let sides = text.split(separator: "=", maxSplits: 1)
        let name = sides.first.map { $0.lowercased() } ?? ""
        guard sides.count == 2, Ulimit.names.contains(name) else {
            let names = Ulimit.names.joined(separator: ", ")
            throw ContainerError(.invalid, "“\(text)” is not a ulimit: NAME=SOFT[:HARD], where NAME is one of \(names)")
        }
        var values: [UInt64] = []
        for part in sides[1].split(separator: ":", omittingEmptySubsequences: false) {
            if part == "unlimited" || part == "-1" {
                values.append(.max)
            } else if let value = UInt64(part) {
                values.append(value)
            }
        }
        let count = sides[1].split(separator: ":", omittingEmptySubsequences: false).count
        guard values.count == count, (1...2).contains(count), values[0] <= values[count - 1] else {
            throw ContainerError(.invalid, "“\(text)” is not a ulimit: SOFT and HARD are numbers, SOFT at most HARD")
        }
        return Ulimit(name, soft: values[0], hard: values[count - 1])
    }

    /// `KEY=VALUE`, or `KEY` for an empty value.
    package static func label(_ text: String) throws(ContainerError) -> (key: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = parts.first, !key.isEmpty else {
            throw ContainerError(.invalid, "“\(text)” is not a label: KEY=VALUE")
        }
        return (String(key), parts.count == 2 ? String(parts[1]) : "")
    }

    /// `NAME:ADDRESS`, as `--add-host` takes it.
    package static func host(_ text: String) throws(ContainerError) -> HostEntry {
        guard let colon = text.firstIndex(where: { $0 == ":" || $0 == "=" }) else {
            throw ContainerError(.invalid, "“\(text)” is not a host: NAME:ADDRESS")
        }
        var address = String(text[text.index(after: colon)...])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        let name = String(text[..<colon])
        guard isHostname(name), isAddress(address) || address == HostEntry.gateway else {
            throw ContainerError(
                .invalid, "“\(text)” is not a host: NAME:ADDRESS, with an IPv4 or IPv6 address, or host-gateway")
        }
        return HostEntry(name: name, address: address)
    }

    /// `private`, `host` or `container:NAME`, as `--pid` takes it.
    package static func pids(_ text: String) throws(ContainerError) -> ProcessIDs {
        switch text {
        case "private": return .own
        case "host": return .host
        default:
            if let name = try otherContainer(text) { return .container(name) }
            throw ContainerError(.invalid, "“\(text)” is none of private, host and container:NAME")
        }
    }

    static func isAddress(_ text: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
    }

    /// A name of RFC 1123, underscores tolerated, at most 253 bytes, 63 a part.
    package static func isHostname(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.count <= 63 && part.first != "-" && part.last != "-"
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
    }
}

extension Ulimit {
    /// What setrlimit(2) knows, in docker's spelling.
    package static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]
}
