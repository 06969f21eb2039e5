import Linux

/// A device filter as the v1 controller has it: everything is allowed or everything is denied, with exceptions.
struct DeviceList: Hashable {
    private(set) var allowsAll = false
    private var exceptions: [Exception] = []

    private struct Exception: Hashable {
        var kind: DeviceRule.Kind
        var major: UInt32?
        var minor: UInt32?
        var access: DeviceRule.Access

        func covers(_ other: Exception) -> Bool {
            kind == other.kind && (major == nil || major == other.major) && (minor == nil || minor == other.minor)
        }

        /// As devices.allow and devices.deny take it: `c 1:3 rwm`.
        var text: String {
            // By hand: each start writes ten of them.
            var bytes = [UInt8(ascii: kind == .block ? "b" : "c"), UInt8(ascii: " ")]
            for (number, end) in [(major, UInt8(ascii: ":")), (minor, UInt8(ascii: " "))] {
                if let number { Decimal.append(UInt64(number), to: &bytes) } else { bytes.append(UInt8(ascii: "*")) }
                bytes.append(end)
            }
            for (letter, right) in [("r", .read), ("w", .write), ("m", .make)] as [(Unicode.Scalar, DeviceRule.Access)]
            where access.contains(right) {
                bytes.append(UInt8(ascii: letter))
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The list that has the effect of `rules`, of which the last match decides. Throws for a prohibition inside a
    /// permission (or the other way round): v1 cannot say that.
    init(_ rules: [DeviceRule]) throws(CgroupError) {
        for rule in rules {
            if rule.isSweeping {
                (allowsAll, exceptions) = (rule.allow, [])
                continue
            }
            for kind in rule.kind.map({ [$0] }) ?? [.block, .character] {
                try take(
                    Exception(kind: kind, major: rule.major, minor: rule.minor, access: rule.access), allow: rule.allow)
            }
        }
    }

    private mutating func take(_ new: Exception, allow: Bool) throws(CgroupError) {
        if allow != allowsAll {
            if let index = exceptions.firstIndex(where: { $0.covers(new) && new.covers($0) }) {
                exceptions[index].access.formUnion(new.access)
            } else {
                exceptions.append(new)
            }
            return
        }
        for index in exceptions.indices.reversed() {
            if new.covers(exceptions[index]) {
                exceptions[index].access.subtract(new.access)
                if exceptions[index].access.isEmpty { exceptions.remove(at: index) }
            } else if exceptions[index].covers(new), !exceptions[index].access.isDisjoint(with: new.access) {
                throw .limitRefused(
                    limit: "devices to \(allow ? "all but" : "those of") \(exceptions[index].text)",
                    reason: "cgroup v1 cannot \(allow ? "allow" : "deny") \(new.text) inside it")
            }
        }
    }

    /// What to write, in this order: the file and the value.
    var writes: [(file: String, value: String)] {
        [(allowsAll ? "devices.allow" : "devices.deny", "a")]
            + exceptions.map { (allowsAll ? "devices.deny" : "devices.allow", $0.text) }
    }
}
