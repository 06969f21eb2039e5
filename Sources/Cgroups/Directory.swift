import Glibc
import Linux

/// One group's folder in one tree: `/sys/fs/cgroup/memory/boxtop/4f1c…`.
struct Directory {
    let path: String
    let version: Hierarchy.Version

    /// Whether the group is there.
    var exists: Bool { Files.exists(path) }

    /// Writes `value` to the control file `file`, in one write.
    func write(_ value: String, to file: String) throws(SystemCallError) {
        try Files.write(value.utf8, to: "\(path)/\(file)")
    }

    /// Writes `value` to `file`; a kernel's no becomes `cannot limit LIMIT: REASON`. `reasons` says what an errno means
    /// for this very file.
    func limit(
        _ limit: @autoclosure () -> String, _ value: String, to file: String,
        reasons: @autoclosure () -> [Errno: String] = [:]
    ) throws(CgroupError) {
        try self.limit(limit(), [value], to: file, reasons: reasons())
    }

    /// Writes `values` to `file` one after the other, each in one write.
    func limit(
        _ limit: @autoclosure () -> String, _ values: [String], to file: String,
        reasons: @autoclosure () -> [Errno: String] = [:]
    ) throws(CgroupError) {
        var last = ""
        do throws(SystemCallError) {
            let open = try FileDescriptor.open("\(path)/\(file)", flags: O_WRONLY)
            for value in values {
                last = value
                try open.write(value.utf8)
            }
        } catch {
            let why = reasons()[error.errno] ?? error.errno.description
            throw .limitRefused(
                limit: limit(), reason: "\(path)/\(file) does not take \"\(last)\": \(why)")
        }
    }

    /// What `file` holds, without the newline at its end; `nil` where it cannot be read.
    func text(_ file: String) -> String? {
        guard let bytes = try? Files.read("\(path)/\(file)") else { return nil }
        let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: " ") }
        return String(decoding: bytes[..<(end.map { $0 + 1 } ?? 0)], as: UTF8.self)
    }

    /// The number that `file` holds; `nil` for `max`, −1, what is no number, and what cannot be read.
    func number(_ file: String) -> UInt64? { text(file).flatMap { UInt64($0) } }

    /// The number after `key ` in a file of one pair a line, such as memory.stat.
    func number(_ key: String, in file: String) -> UInt64? {
        guard let text = text(file) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return UInt64(words[1]) }
        }
        return nil
    }

    func has(_ file: String) -> Bool { access("\(path)/\(file)", F_OK) == 0 }

    /// The processes in this very group, not in those below it.
    func processes() -> [Int32] {
        (text("cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
    }

    /// The groups right below.
    func children() -> [Directory] {
        // A folder's links are its name, its ".", and the ".." of each folder below: most groups have none below.
        var own = stat()
        guard stat(path, &own) == 0, own.st_nlink != 2, let names = try? Files.names(in: path) else { return [] }
        return names.compactMap { name in
            var status = stat()
            let child = "\(path)/\(name)"
            guard lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
            return Directory(path: child, version: version)
        }
    }

    /// Calls `body` with every group below, the deepest first, then with this one.
    func deepestFirst(_ body: (Directory) -> Void) {
        for child in children() { child.deepestFirst(body) }
        body(self)
    }
}
