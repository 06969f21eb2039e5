import CLinux
import Glibc
import Linux
import OCI

extension OCI.RuntimeSpec.Process {
    /// Says HOME where `env` does not: the folder that /etc/passwd, in the root that the caller is in, gives the user,
    /// or `/`. Programs break without it, and engines count on the runtime for it.
    ///
    /// Call it before a filter is loaded, which may deny the looking up.
    func home() -> String? {
        if env.contains(where: { $0.begins(with: "HOME=") }) { return nil }
        return "HOME=\(HomeFolder.of(user.uid) ?? "/")"
    }
}

private enum HomeFolder {
    /// The image's word, of which nothing is believed: no link leads out, and what is no plain file is not read.
    static func of(_ user: UInt32) -> String? {
        guard let root = try? FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY),
            let file = try? root.open(inRoot: "etc/passwd", flags: O_RDONLY | O_NONBLOCK | O_NOCTTY),
            let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG,
            let bytes = try? file.readAll(limit: 1 << 20)
        else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count >= 6, UInt32(String(decoding: fields[2], as: UTF8.self)) == user else { continue }
            let folder = String(decoding: fields[5], as: UTF8.self)
            return folder.isEmpty || folder.utf8.contains(0) ? nil : folder
        }
        return nil
    }
}
