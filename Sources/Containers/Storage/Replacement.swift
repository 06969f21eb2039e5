import Glibc
import Linux

/// What is to be `name` in a folder, made under a name of its own: until it is whole, what is there stays.
struct Replacement: ~Copyable {
    let temporary: [UInt8]
    private let name: [UInt8]
    /// The folder's; it stays open longer than this lives.
    private let folder: Int32
    private var isKept = false

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
