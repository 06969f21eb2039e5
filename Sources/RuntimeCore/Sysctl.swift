import Glibc
import Linux
import OCI

/// A kernel parameter of config.json, such as `net.ipv4.ip_forward`: the file below /proc/sys that it names, and the
/// namespace that this file belongs to. See sysctl(8).
struct Sysctl {
    let key: String
    /// Below /proc/sys, without a slash in front.
    let path: String

    init(_ key: String) throws(LaunchError) {
        self.key = key
        // The first separator of a key tells what separates it: interfaces have dots in their names.
        let separator = key.utf8.first { $0 == Self.dot || $0 == Self.slash } ?? Self.dot
        let bytes = key.utf8.map { byte in
            separator == Self.slash ? byte : byte == Self.dot ? Self.slash : byte == Self.slash ? Self.dot : byte
        }
        path = String(decoding: bytes, as: UTF8.self)
        // Whose it is is told by how it begins: it must not lead elsewhere from there.
        for name in bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
        where name.isEmpty || name == [Self.dot] || name == [Self.dot, Self.dot] || name.contains(0) {
            throw LaunchError(.sysctl, on: key, "it is no name of a kernel parameter")
        }
    }

    private static let dot = UInt8(ascii: ".")
    private static let slash = UInt8(ascii: "/")

    /// The kind of namespace that has a value of its own; `nil` where it is the host's alone.
    private var owner: OCI.RuntimeSpec.Namespace.Kind? {
        let names = path.words("/")
        return switch (names.first, names.dropFirst().first) {
        case ("net", _): .network
        case ("fs", "mqueue"): .ipc
        case ("kernel", "domainname"): .uts
        case ("kernel", let leaf?) where leaf.begins(with: "msg") || leaf.begins(with: "shm") || leaf == "sem": .ipc
        default: nil
        }
    }

    /// Refuses one that belongs to no namespace of the container: it would change the host's.
    func check(_ namespaces: NamespacePlan) throws(LaunchError) {
        // Two fields that say two things of one name: neither could be held.
        if path == "kernel/hostname" { throw LaunchError(.sysctl, on: key, "the field hostname sets it") }
        guard let owner else { throw LaunchError(.sysctl, on: key, "it belongs to no namespace") }
        if !namespaces.isApart(owner) {
            throw LaunchError(.sysctl, on: key, "the container has no \(owner.rawValue) namespace of its own")
        }
    }
}
