import CLinux
import Glibc

/// An extended attribute of a file, as it goes along with what the file holds: into an archive, an image, a copy.
package struct FileAttribute: Hashable, Sendable {
    package let name: String
    package let value: [UInt8]

    /// `nil` for one that may not: what forges overlayfs's own (`trusted.overlay.`, `user.overlay.`) or belongs to the
    /// host's security modules. File capabilities and those of users may.
    package init?(_ name: String, _ value: some Sequence<UInt8>) {
        guard Self.isKept(name) else { return nil }
        self.name = name
        self.value = Array(value)
    }

    fileprivate static func isKept(_ name: String) -> Bool {
        name == capability || name.hasPrefix("user.") && !name.hasPrefix("user.overlay.")
    }

    private static let capability = "security.capability"

    /// Whether it gives whoever executes the file something that others have not.
    package var isPrivilege: Bool { name == Self.capability }

    /// Gives it to the open file `number`, called `path`. See fsetxattr(2).
    package func set(on number: Int32, path: String) throws(SystemCallError) {
        let result = fsetxattr(number, name, value, value.count, 0)
        // A file system without them, or a person without the right to, is no reason to have no file.
        if result == 0 || [.notSupported, .notPermitted].contains(Errno.current) { return }
        throw SystemCallError("set \(name) of", path, errno: .current)
    }
}

extension FileDescriptor {
    /// This file's extended attributes that go along with it, by name; those that cannot be read stay out. See
    /// flistxattr(2).
    package func attributes() -> [FileAttribute] {
        let size = flistxattr(number, nil, 0)
        guard size > 0 else { return [] }
        var list = [CChar](repeating: 0, count: size)
        let length = flistxattr(number, &list, list.count)
        guard length > 0 else { return [] }
        var found: [FileAttribute] = []
        for part in list[..<length].split(separator: 0) {
            let name = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard FileAttribute.isKept(name) else { continue }
            var value = [UInt8](repeating: 0, count: 65_536)
            let count = fgetxattr(number, name, &value, value.count)
            if count >= 0, let attribute = FileAttribute(name, value[..<count]) { found.append(attribute) }
        }
        return found.sorted { $0.name < $1.name }
    }
}
