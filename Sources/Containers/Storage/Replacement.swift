import Glibc
import Linux

/// What is to be `name` in a folder, made under a name of its own, or a file without any: until it is whole, what is there
/// stays.
struct Replacement: ~Copyable {
    let temporary: [UInt8]
    private let name: [UInt8]
    /// The folder's; it stays open longer than this lives.
    private let folder: Int32
    private var isKept = false
    private var isUnnamed = false

    init(of name: [UInt8], in folder: borrowing FileDescriptor) {
        temporary = Array(".boxtop-\(UInt64.random(in: .min ... .max))".utf8)
        self.name = name
        self.folder = folder.number
    }

    deinit {
        if isKept { return }
        let folder = folder
        _ = temporary.asCString { unlinkat(folder, $0, 0) }
    }

    /// Makes the file, to be written: without a name where the file system has such, so that nothing stays of it whatever
    /// ends this process.
    mutating func makeFile(in folder: borrowing FileDescriptor) throws(SystemCallError) -> FileDescriptor {
        if let file = try? folder.makeUnnamed(mode: 0o600) {
            isUnnamed = true
            return file
        }
        return try folder.open(named: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    /// Keeps `file`, which is whole, as `keep` does.
    mutating func keep(_ file: borrowing FileDescriptor) throws(SystemCallError) {
        if isUnnamed {
            isKept = try file.link(as: name, in: folder)
            // link(2) replaces nothing, as rename(2) does.
            if isKept { return }
            guard try file.link(as: temporary, in: folder) else {
                throw SystemCallError("replace", String(decoding: name, as: UTF8.self), errno: .exists)
            }
        }
        try keep()
    }

    /// In place of what has the name, unless that is a folder.
    ///
    /// - Parameter asLink: where both are names of one file, rename(2) does nothing, and the temporary one goes.
    mutating func keep(asLink: Bool = false) throws(SystemCallError) {
        let (folder, name, temporary) = (folder, name, temporary)
        try systemCall("replace", String(decoding: name, as: UTF8.self)) {
            temporary.asCString { old in name.asCString { renameat(folder, old, folder, $0) } }
        }
        isKept = !asLink
    }
}
