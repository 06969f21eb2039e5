import CLinux
import Glibc
import Linux

extension Packing {
    /// The folders that programs expect of any system.
    mutating func putBaseFolders() throws(ImageError) {
        // Where /bin is a link to /usr/bin, scripts that say #!/bin/sh and programs in /usr/bin both find theirs.
        for link in ["/bin", "/sbin", "/lib", "/lib64"] {
            guard let status = FileTree.status(Array(link.utf8)), status.st_mode & S_IFMT == S_IFLNK else { continue }
            try putFromHost(link, reason: "a link of the host's root")
        }
        for folder in ["/dev", "/etc", "/proc", "/run", "/sys", "/usr/bin", "/var"] {
            try put(folder, .folder, 0o755, "expected by programs")
        }
        try put("/root", .folder, 0o700, "root's home")
        for folder in ["/tmp", "/var/tmp"] { try put(folder, .folder, 0o1777, "for temporary files") }
    }

    /// The files that programs expect of any system, where none were added.
    mutating func putBaseFiles() throws(ImageError) {
        let reason = "where the C library looks up names"
        if !tree.contains("/etc/passwd") { try put("/etc/passwd", .bytes(Array(try passwd().utf8)), 0o644, reason) }
        if !tree.contains("/etc/group") { try put("/etc/group", .bytes(Array(try group().utf8)), 0o644, reason) }
        let services =
            "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n"
        try put("/etc/nsswitch.conf", .bytes(Array(services.utf8)), 0o644, reason)
    }

    private func passwd() throws(ImageError) -> String {
        let base = ["root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"]
        guard let user = request.user?.split(separator: ":").first, UInt32(user) == nil else { return lines(base) }
        return lines(base + (try hostLine(of: String(user), in: "/etc/passwd", besides: base, kind: "user")))
    }

    private func group() throws(ImageError) -> String {
        let base = ["root:x:0:", "tty:x:5:", "nogroup:x:65534:"]
        let parts = request.user?.split(separator: ":").map(String.init) ?? []
        if parts.count > 1 {
            guard UInt32(parts[1]) == nil else { return lines(base) }
            return lines(base + (try hostLine(of: parts[1], in: "/etc/group", besides: base, kind: "group")))
        }
        // The group of a named user has a name too.
        guard let user = parts.first, UInt32(user) == nil else { return lines(base) }
        let fields = try hostLine(of: user, in: "/etc/passwd", besides: [], kind: "user").first?.split(
            separator: ":", omittingEmptySubsequences: false)
        guard let id = fields?.dropFirst(3).first else { return lines(base) }
        let found = (Files.text("/etc/group") ?? "").lines.first {
            $0.split(separator: ":", omittingEmptySubsequences: false).dropFirst(2).first == id
        }
        return lines(base + [found.map(memberless)].compactMap(\.self).filter { !base.contains($0) })
    }

    /// The host's line for `name`, so that `--user www-data` means the same inside.
    private func hostLine(
        of name: String, in path: String, besides base: [String], kind: String
    ) throws(ImageError) -> [String] {
        if base.contains(where: { $0.hasPrefix("\(name):") }) { return [] }
        let line = (Files.text(path) ?? "").lines.first { $0.hasPrefix("\(name):") }
        guard let line else { throw .unsuitable(name, reason: "\(path) has no such \(kind); give its number instead") }
        return [kind == "group" ? memberless(line) : String(line)]
    }

    /// A line of /etc/group without its members, who are not in the image.
    private func memberless(_ line: Substring) -> String {
        String(line[...(line.lastIndex(of: ":") ?? line.startIndex)])
    }

    private func lines(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }
}
