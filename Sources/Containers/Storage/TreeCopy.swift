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
        try copyFolder(found, of: root, to: destination)
    }

    private static func copyFolder(
        _ folder: LayeredRoot.Found, of root: LayeredRoot, to destination: String
    ) throws(SystemCallError) {
        for name in try names(in: folder, of: root) {
            guard let entry = try root.entry(name, in: folder) else { continue }
            try copyEntry(entry, of: root, to: "\(destination)/\(name)")
        }
        guard let layer = folder.layers.first else { return }
        var status = stat()
        let source = try root.open(folder.path, layer: layer, flags: O_RDONLY | O_DIRECTORY)
        try systemCall("look at", folder.path) { fstat(source.number, &status) }
        try adopt(status, destination)
    }

    private static func copyEntry(
        _ entry: LayeredRoot.Entry, of root: LayeredRoot, to destination: String
    ) throws(SystemCallError) {
        switch entry {
        case .link(let target, let status):
            try systemCall("link", destination) { symlink(target, destination) }
            try systemCall("own", destination) { lchown(destination, status.st_uid, status.st_gid) }
        case .found(let found) where found.isDirectory:
            try systemCall("make folder", destination) { mkdir(destination, 0o700) }
            try copyFolder(found, of: root, to: destination)
        case .found(let found):
            guard let layer = found.layers.first else { return }
            var status = stat()
            let look = try root.open(found.path, layer: layer, flags: Int32(CLINUX_O_PATH) | O_NOFOLLOW)
            try systemCall("look at", found.path) { fstat(look.number, &status) }
            guard status.st_mode & S_IFMT == S_IFREG else { return }
            let source = try root.open(found.path, layer: layer, flags: O_RDONLY | O_NOFOLLOW)
            let target = try FileDescriptor.open(destination, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try copyContent(of: source, to: target, path: destination)
            try adopt(status, destination)
        }
    }

    /// sendfile(2) moves the bytes inside the kernel, at most 2 GiB a call.
    private static func copyContent(
        of source: borrowing FileDescriptor, to target: borrowing FileDescriptor, path: String
    ) throws(SystemCallError) {
        let (from, to) = (source.number, target.number)
        while try systemCall("copy to", path, { sendfile(to, from, nil, 1 << 30) }) > 0 {}
    }

    /// Owner before mode, since a change of owner takes set-id bits away.
    private static func adopt(_ status: stat, _ path: String) throws(SystemCallError) {
        try systemCall("own", path) { lchown(path, status.st_uid, status.st_gid) }
        try systemCall("change the mode of", path) { chmod(path, status.st_mode & 0o7777) }
        let times = [status.st_atim, status.st_mtim]
        try systemCall("date", path) { utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) }
    }

    private static func names(
        in folder: LayeredRoot.Found, of root: LayeredRoot
    ) throws(SystemCallError) -> Set<String> {
        var names: Set<String> = []
        for layer in folder.layers { names.formUnion(try Files.names(in: "\(root.layers[layer])\(folder.path)")) }
        return names
    }
}
