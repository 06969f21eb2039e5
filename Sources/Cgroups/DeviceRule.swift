/// One line of a device filter: which device nodes may, or may not, be read, written and made. Of several that match,
/// the last one decides; what none matches is denied.
package struct DeviceRule: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case block
        case character
    }

    package struct Access: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The values are those of BPF_DEVCG_ACC_*.
        package static let make = Access(rawValue: 1)
        package static let read = Access(rawValue: 2)
        package static let write = Access(rawValue: 4)
        package static let all: Access = [.make, .read, .write]

        /// Letters as in `rwm`; `nil` for another letter, or none.
        package init?(letters: String) {
            var access: Access = []
            for letter in letters {
                switch letter {
                case "r": access.insert(.read)
                case "w": access.insert(.write)
                case "m": access.insert(.make)
                default: return nil
                }
            }
            if access.isEmpty { return nil }
            self = access
        }

        var letters: String {
            (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.make) ? "m" : "")
        }
    }

    package var allow: Bool
    /// Absent: both kinds.
    package var kind: Kind?
    /// Absent: all.
    package var major: UInt32?
    package var minor: UInt32?
    package var access: Access

    package init(allow: Bool, kind: Kind? = nil, major: UInt32? = nil, minor: UInt32? = nil, access: Access = .all) {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// Whether it is about every device and every access, so that no rule before it matters.
    var isSweeping: Bool { kind == nil && major == nil && minor == nil && access == .all }
}
