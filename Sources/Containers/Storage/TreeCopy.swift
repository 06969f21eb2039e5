import CLinux
import Glibc
import Linux

/// Copies a folder out of the layers of an image, as the container would see it: content, owners, modes, times, extended
/// attributes and links; no devices, no sockets.
struct TreeCopy {
    private let root: LayeredRoot
    private var links: HardLinks

    /// Copies what lies in `path` of `root` into the folder `destination`, which takes over the owner and mode too.
    /// Nothing happens where there is no such folder.
    static func copy(_ path: String, of root: LayeredRoot, into destination: String) throws(SystemCallError) {
        guard let found = try root.find(path), found.isDirectory else { return }
        let target = try FileDescriptor.open(destination, flags: O_RDONLY | O_DIRECTORY)
        var copy = TreeCopy(root: root, links: HardLinks(below: target))
        try copy.copyFolder(found, to: target)
    }

    private mutating func copyFolder(
        _ folder: LayeredRoot.Found, to target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        var names: Set<[UInt8]> = []
        for layer in folder.layers { names.formUnion(try root.names(in: folder, layer: layer)) }
        for name in names {
            if let entry = try root.entry(name, in: folder) { try copy(entry, to: name, of: target) }
        }
        guard let layer = folder.layers.first else { return }
        let source = try root.open(folder.path, layer: layer, flags: O_RDONLY | O_DIRECTORY)
        try Self.adopt(try source.status(), source, target)
    }

    private mutating func copy(
        _ entry: LayeredRoot.Entry, to name: [UInt8], of folder: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (number, text) = (folder.number, String(decoding: name, as: UTF8.self))
        switch entry {
        case .link(let target, let status):
            let (user, group) = (status.st_uid, status.st_gid)
            try systemCall("link", text) { target.asCString { to in name.asCString { symlinkat(to, number, $0) } } }
            try systemCall("own", text) { name.asCString { fchownat(number, $0, user, group, AT_SYMLINK_NOFOLLOW) } }
        case .found(let found) where found.isDirectory:
            try systemCall("make folder", text) { name.asCString { mkdirat(number, $0, 0o700) } }
            links.enter(name)
            defer { links.leave() }
            try copyFolder(found, to: try folder.open(named: name, flags: O_RDONLY | O_DIRECTORY))
        case .found(let found):
            guard let layer = found.layers.first, let status = try root.status(found.path, layer: layer),
                status.st_mode & S_IFMT == S_IFREG
            else { return }
            if links.link(status, as: name, in: folder) { return }
            let source = try root.open(found.path, layer: layer, flags: O_RDONLY | O_NOFOLLOW)
            let target = try folder.open(named: name, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try Self.copyContent(of: source, to: target, text)
            try Self.adopt(status, source, target)
            links.note(status, as: name, target)
        }
    }

    /// sendfile(2) moves the bytes inside the kernel, at most 2 GiB a call.
    private static func copyContent(
        of source: borrowing FileDescriptor, to target: borrowing FileDescriptor, _ text: String
    ) throws(SystemCallError) {
        let (from, to) = (source.number, target.number)
        while try systemCall("copy to", text, { sendfile(to, from, nil, 1 << 30) }) > 0 {}
    }

    /// Owner before attributes and mode, since a change of owner takes file capabilities and set-id bits away.
    private static func adopt(
        _ status: stat, _ source: borrowing FileDescriptor, _ copy: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (number, times) = (copy.number, [status.st_atim, status.st_mtim])
        try systemCall("own a copy") { fchown(number, status.st_uid, status.st_gid) }
        for attribute in source.attributes() { try attribute.set(on: number, path: "a copy") }
        try systemCall("change the mode of a copy") { fchmod(number, status.st_mode & 0o7777) }
        try systemCall("date a copy") { futimens(number, times) }
    }
}
