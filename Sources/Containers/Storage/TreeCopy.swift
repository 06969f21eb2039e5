import CLinux
import Glibc
import Linux

/// Copies a folder out of the layers of an image, as the container would see it: content, owners, modes, times and
/// symbolic links; no devices, no sockets.
enum TreeCopy {
    /// Copies what lies in `path` of `root` into the folder `destination`, which takes over the owner and mode too.
    /// Nothing happens where there is no such folder.
    static func copy(_ path: String, of root: LayeredRoot, into destination: String) throws(SystemCallError) {
        guard let found = try root.find(path), found.isDirectory else { return }
        try copyFolder(found, of: root, to: try .open(destination, flags: O_RDONLY | O_DIRECTORY))
    }

    private static func copyFolder(
        _ folder: LayeredRoot.Found, of root: LayeredRoot, to target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        var names: Set<[UInt8]> = []
        for layer in folder.layers { names.formUnion(try root.names(in: folder, layer: layer)) }
        for name in names {
            if let entry = try root.entry(name, in: folder) { try copy(entry, of: root, to: name, of: target) }
        }
        guard let layer = folder.layers.first else { return }
        let status = try root.open(folder.path, layer: layer, flags: O_RDONLY | O_DIRECTORY).status()
        try adopt(status, target)
    }

    private static func copy(
        _ entry: LayeredRoot.Entry, of root: LayeredRoot, to name: [UInt8], of folder: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (number, text) = (folder.number, String(decoding: name, as: UTF8.self))
        switch entry {
        case .link(let target, let status):
            let (user, group) = (status.st_uid, status.st_gid)
            try systemCall("link", text) { target.asCString { to in name.asCString { symlinkat(to, number, $0) } } }
            try systemCall("own", text) { name.asCString { fchownat(number, $0, user, group, AT_SYMLINK_NOFOLLOW) } }
        case .found(let found) where found.isDirectory:
            try systemCall("make folder", text) { name.asCString { mkdirat(number, $0, 0o700) } }
            try copyFolder(found, of: root, to: try folder.open(named: name, flags: O_RDONLY | O_DIRECTORY))
        case .found(let found):
            guard let layer = found.layers.first, let status = root.status(found.path, layer: layer),
                status.st_mode & S_IFMT == S_IFREG
            else { return }
            let source = try root.open(found.path, layer: layer, flags: O_RDONLY | O_NOFOLLOW)
            let target = try folder.open(named: name, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try copyContent(of: source, to: target, text)
            try adopt(status, target)
        }
    }

    /// sendfile(2) moves the bytes inside the kernel, at most 2 GiB a call.
    private static func copyContent(
        of source: borrowing FileDescriptor, to target: borrowing FileDescriptor, _ text: String
    ) throws(SystemCallError) {
        let (from, to) = (source.number, target.number)
        while try systemCall("copy to", text, { sendfile(to, from, nil, 1 << 30) }) > 0 {}
    }

    /// Owner before mode, since a change of owner takes set-id bits away.
    private static func adopt(_ status: stat, _ copy: borrowing FileDescriptor) throws(SystemCallError) {
        let (number, times) = (copy.number, [status.st_atim, status.st_mtim])
        try systemCall("own a copy") { fchown(number, status.st_uid, status.st_gid) }
        try systemCall("change the mode of a copy") { fchmod(number, status.st_mode & 0o7777) }
        try systemCall("date a copy") { futimens(number, times) }
    }
}
