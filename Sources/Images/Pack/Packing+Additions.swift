import CLinux
import Glibc
import Linux

extension Packing {
    /// Puts in a file or folder of `--add`, with the libraries of what is a program or a library in it.
    mutating func put(_ addition: PackRequest.Addition) throws(ImageError) {
        guard let real = FileTree.resolved(addition.source), let status = FileTree.status(Array(real.utf8)) else {
            throw .unsuitable(addition.source, reason: "there is no such file or folder")
        }
        let reason = "added from \(addition.source)"
        guard let destination = addition.destination else {
            guard addition.source.hasPrefix("/") else {
                return try put(.init(source: addition.source, destination: real))
            }
            _ = try putFromHost(addition.source, reason: reason)
            if status.isFolder {
                try putContents(of: Array(real.utf8), at: Array(real.utf8), reason: reason, depth: 0)
            } else {
                try putLibrariesOfAdded(real)
            }
            return
        }
        guard destination.hasPrefix("/"), !destination.split(separator: "/").contains("..") else {
            throw .unsuitable(addition.source, reason: "\(destination) is no absolute path in an image")
        }
        if status.isFolder {
            let target = try tree.followed(Array(destination.utf8))
            if !target.isEmpty {
                try put(target, .init(content: .folder, permissions: status.st_mode & 0o7777, reason: reason))
            }
            return try putContents(of: Array(real.utf8), at: target, reason: reason, depth: 0)
        }
        let name = real.split(separator: "/").last.map(String.init) ?? ""
        let place = destination.hasSuffix("/") ? destination + name : destination
        let slash = place.lastIndex(of: "/") ?? place.startIndex
        let folder = try tree.followed(Array(place[..<slash].utf8))
        try put(folder + Array(place[slash...].utf8), FileTree.file(Array(real.utf8), status, reason: reason))
        try putLibrariesOfAdded(real)
    }

    private mutating func putContents(
        of folder: [UInt8], at target: [UInt8], reason: String, depth: Int
    ) throws(ImageError) {
        guard depth < 100 else {
            throw .unsuitable(String(decoding: folder, as: UTF8.self), reason: "folders lie more than 100 deep")
        }
        for name in try Self.names(in: folder) {
            let source = folder + [UInt8(ascii: "/")] + name
            let place = target + [UInt8(ascii: "/")] + name
            guard let status = FileTree.status(source) else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                // Python compares a cached module's time with its source's, and all times become one here.
                if name.elementsEqual("__pycache__".utf8) {
                    note("left out __pycache__ folders: they fit the files' times, and those become the image's")
                    continue
                }
                try put(place, .init(content: .folder, permissions: status.st_mode & 0o7777, reason: reason))
                try putContents(of: source, at: place, reason: reason, depth: depth + 1)
            case S_IFREG:
                try put(place, FileTree.file(source, status, reason: reason))
                try putLibrariesOfAdded(String(decoding: source, as: UTF8.self))
            case S_IFLNK:
                guard let link = FileTree.linkTarget(source) else { continue }
                try put(place, .init(content: .link(to: link), permissions: 0o777, reason: reason))
                // At the host's own place, a link to a file elsewhere brings that along.
                let text = String(decoding: source, as: UTF8.self)
                if source == place, let real = FileTree.resolved(text),
                    let found = FileTree.status(Array(real.utf8)), found.st_mode & S_IFMT == S_IFREG
                {
                    try putFromHost(text, reason: reason)
                    try putLibrariesOfAdded(real)
                }
            default:
                note("left out \(printable(String(decoding: source, as: UTF8.self))): it is neither file nor folder")
            }
        }
    }

    private mutating func putLibrariesOfAdded(_ path: String) throws(ImageError) {
        let file: ELFFile?
        do throws(ImageError) { file = try ELFFile.read(path) } catch {
            // A broken or foreign file is data like any other.
            if case .unsuitable = error { return }
            throw error
        }
        guard let file, file.isDynamic else { return }
        try putLibraries(of: path, file, isProgram: false)
    }

    /// The names in a folder, as bytes, sorted.
    static func names(in folder: [UInt8]) throws(ImageError) -> [[UInt8]] {
        let text = String(decoding: folder, as: UTF8.self)
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        return try system { () throws(SystemCallError) in
            let opened = try systemCall("list", text) { folder.asCString { clinux_openat(AT_FDCWD, $0, flags, 0) } }
            return try FileDescriptor(owning: opened).names()
        }
    }
}
