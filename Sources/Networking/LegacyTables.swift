import Glibc
import Linux

/// The forward chain of iptables-legacy's table `filter`, which no listing of nft(8) has: read as iptables(8) reads it,
/// by getsockopt(2), and told in nft's words.
struct LegacyTable {
    /// Of the protocol's version, as its programs are called: `iptables-legacy`, `ip6tables-legacy`.
    let program: String
    /// As `ForwardRules` takes it, with the chain `FORWARD`.
    let text: String
    /// What none of its rules decides about is dropped.
    let drops: Bool

    /// Those that this network namespace has. None is asked for that is not there: asking would make it.
    static func all() -> [LegacyTable] {
        [Layout.ip, .ip6].compactMap { layout in
            let names = (Files.text("/proc/net/\(layout.names)") ?? "").split(separator: "\n")
            return names.contains("filter") ? LegacyTable(layout) : nil
        }
    }

    /// Where what is in `struct ipt_entry` and `struct ip6t_entry` of linux/netfilter_ipv4/ip_tables.h and its sister.
    private struct Layout {
        let program: String
        let names: String
        let family: Int32
        let level: Int32
        /// Bytes of an address.
        let address: Int
        /// Behind the addresses and the interfaces: the protocol, and what is inverted.
        let inverted: Int
        /// Two numbers: of bytes up to its target, and up to the next entry.
        let offsets: Int
        /// Of an entry without conditions of modules.
        let size: Int

        static let ip = Layout(
            program: "iptables-legacy", names: "ip_tables_names", family: AF_INET, level: Int32(IPPROTO_IP),
            address: 4, inverted: 83, offsets: 88, size: 112)
        static let ip6 = Layout(
            program: "ip6tables-legacy", names: "ip6_tables_names", family: AF_INET6, level: Int32(IPPROTO_IPV6),
            address: 16, inverted: 132, offsets: 140, size: 168)
    }

    private init?(_ layout: Layout) {
        let number = socket(layout.family, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
        guard number >= 0 else { return nil }
        defer { close(number) }
        func ask(_ option: Int32, _ size: Int) -> [UInt8]? {
            var answer = Array("filter".utf8) + [UInt8](repeating: 0, count: size - 6)
            var length = socklen_t(size)
            guard getsockopt(number, layout.level, option, &answer, &length) == 0 else { return nil }
            return answer
        }
        // IPT_SO_GET_INFO: a name of 32 bytes, which hooks there are, where each begins and has its policy, two sizes.
        guard let info = ask(64, 84) else { return nil }
        func field(_ offset: Int) -> Int {
            (NetlinkMessages.number(info[...], at: offset) as UInt32?).map(Int.init) ?? 0
        }
        let forward = Int(BaseChain.Hook.forward.rawValue)
        let (first, policy, size) = (field(36 + 4 * forward), field(56 + 4 * forward), field(80))
        // IPT_SO_GET_ENTRIES wants that size said once more.
        var answer = Array("filter".utf8) + [UInt8](repeating: 0, count: 34 + size)
        answer.replaceSubrange(32..<36, with: UInt32(size).nativeBytes)
        var length = socklen_t(answer.count)
        guard getsockopt(number, layout.level, 65, &answer, &length) == 0 else { return nil }
        let entries = Entries(bytes: answer.dropFirst(40), layout: layout)
        program = layout.program
        text = entries.text(from: first, to: policy)
        drops = entries.verdict(at: policy) == "drop"
    }

    /// The table itself, one entry after the other.
    private struct Entries {
        let bytes: ArraySlice<UInt8>
        let layout: Layout

        /// The chain of the hook, and those that it jumps to: these end with what has no condition and returns.
        func text(from first: Int, to policy: Int) -> String {
            var (wanted, known) = ([first], Set([first]))
            var text = ""
            while let start = wanted.popLast() {
                text += "chain \(start == first ? "FORWARD" : "\(start)") {\n"
                var place = start
                while place < bytes.count, !(start == first && place == policy) {
                    let verdict = verdict(at: place)
                    let conditions = conditions(at: place)
                    if conditions.isEmpty, verdict == "return" { break }
                    text += "\(conditions) \(verdict)\n"
                    if verdict.hasPrefix("jump "), let target = Int(verdict.dropFirst(5)),
                        known.insert(target).inserted
                    {
                        wanted.append(target)
                    }
                    guard next(place) >= place + layout.size else { break }
                    place = next(place)
                }
                text += "}\n"
            }
            return text
        }

        private func next(_ place: Int) -> Int { place + Int(number(place + layout.offsets + 2) as UInt16? ?? 0) }

        func verdict(at place: Int) -> String {
            let target = place + Int(number(place + layout.offsets) as UInt16? ?? 0)
            let name = NetlinkMessages.text(bytes.dropFirst(target + 2).prefix(29))
            guard name.isEmpty, let verdict: Int32 = number(target + 32) else {
                return name == "REJECT" ? "reject" : "continue"
            }
            // One without a target goes on with the next.
            if verdict == next(place) { return "continue" }
            // Below 0 a verdict as linux/netfilter.h numbers them, less one; else a place.
            return [-1: "drop", -2: "accept", -5: "return"][verdict] ?? (verdict < 0 ? "continue" : "jump \(verdict)")
        }

        /// `iifname "boxtop0"`; whatever is no interface is a condition that nobody here needs to understand.
        private func conditions(at place: Int) -> String {
            let interfaces = place + 4 * layout.address
            var words: [String] = []
            for (way, offset) in [("iifname", 0), ("oifname", 16)] {
                let mask = bytes.dropFirst(interfaces + 32 + offset).prefix(16).prefix { $0 != 0 }.count
                if mask == 0 { continue }
                let name = Array(bytes.dropFirst(interfaces + offset).prefix(mask))
                // The end of the name counts as well, unless it was a beginning.
                let text =
                    name.last == 0 ? NetlinkMessages.text(name[...]) : String(decoding: name, as: UTF8.self) + "*"
                words += [way, "\"\(text)\""]
            }
            let others =
                bytes.dropFirst(place + 2 * layout.address).prefix(2 * layout.address)
                + bytes.dropFirst(interfaces + 64).prefix(2) + [bytes.dropFirst(place + layout.inverted).first ?? 0]
            let hasModules = number(place + layout.offsets) != UInt16(layout.size)
            if others.contains(where: { $0 != 0 }) || hasModules { words.append("other") }
            return words.joined(separator: " ")
        }

        private func number<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Value? {
            NetlinkMessages.number(bytes, at: offset)
        }
    }
}
