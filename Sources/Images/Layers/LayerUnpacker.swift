import CArchive
import CLinux
import Glibc
import Linux
import OCI

/// The most that a layer may hold: what a hostile archive of a few megabytes could blow up to is bounded.
package struct LayerLimits: Hashable, Sendable {
    package var entries = 2_000_000
    /// Bytes of the uncompressed archive, and of its files.
    package var bytes: Int64 = 256 << 30
    /// An archive may grow by this factor when it is uncompressed; real layers grow by 2 to 10, and gzip, which most
    /// are compressed by, makes at most 1032 bytes of zeros one. What grows further has been compressed for that.
    package var growth: Int64 = 1_100
    /// What it may grow to in any case: zstd makes one byte of thirty thousand zeros, as an honest disk image has.
    package var growthFloor: Int64 = 8 << 30

    package init() {}

    /// The most that an archive of `size` bytes may become.
    func bytes(uncompressing size: Int64) -> Int64 {
        let (grown, overflow) = size.multipliedReportingOverflow(by: growth)
        return min(bytes, max(growthFloor, overflow ? bytes : grown))
    }
}

/// Unpacks one layer's archive into an empty folder, as overlayfs wants it: image specification, "Applying Changesets".
///
/// Whiteouts become what overlayfs takes for them; owners stay as in the archive (0 is root: containers get the folder
/// through an idmapped mount); device nodes are left out, since a container has its own `/dev`.
struct LayerUnpacker: ~Copyable {
    private var target: LayerFolder
    private let limits: LayerLimits
    private var entries = 0
    private var bytes: Int64 = 0
    /// Folders get theirs at the end: what is made in one changes its time, and permissions could forbid it.
    private var folders: [[UInt8]: (inode: ino_t?, attributes: EntryAttributes)] = [:]

    /// Unpacks `archive` into the empty folder `path`, whoever its files belong to.
    static func unpack(
        _ archive: borrowing ArchiveReader, into path: String, limits: LayerLimits
    ) throws(ImageError) {
        try SubordinateUsers.asRoot { () throws(ImageError) in
            var unpacker = try LayerUnpacker(into: path, limits: limits)
            try unpacker.unpack(archive)
        }
    }

    init(into path: String, limits: LayerLimits) throws(ImageError) {
        let folder = try LayerFolder(path)
        // Whatever the person's umask: others in the container must get in. The archive may say otherwise.
        let number = folder.root.number
        try system { () throws(SystemCallError) in
            try systemCall("set the permissions of", path) { fchmod(number, 0o755) }
        }
        target = folder
        self.limits = limits
    }

    /// Unpacks all of `archive`.
    mutating func unpack(_ archive: borrowing ArchiveReader) throws(ImageError) {
        while let entry = try archive.next() {
            entries += 1
            guard entries <= limits.entries else {
                throw .damaged("the layer", reason: "it has more than \(limits.entries) entries")
            }
            let path = try LayerPath(entry.path)
            if path.isBelowWhiteout {
                throw .hostile(entry: path.text, reason: "a whiteout's name is no folder's")
            }
            switch path.meaning {
            case .file: try place(path, entry, archive)
            case .whiteout(let name): try target.whiteOut(name, at: path)
            case .opaque: try target.hideLower(path.folder)
            case .aufs: continue
            case .nonsense: throw .hostile(entry: path.text, reason: "it is a whiteout of nothing")
            }
        }
        // Children first: a folder that its owner may not enter would bar the way to those in it.
        for (path, folder) in folders.sorted(by: { $1.key.lexicographicallyPrecedes($0.key) }) {
            try target.finishFolder(path, folder.inode, folder.attributes)
        }
    }

    private mutating func place(
        _ path: LayerPath, _ entry: carchive_entry, _ archive: borrowing ArchiveReader
    ) throws(ImageError) {
        if path.name.isEmpty, entry.type != S_IFDIR {
            throw .hostile(entry: ".", reason: "the layer's own folder cannot be a file")
        }
        if entry.type == 0 {
            guard let link = entry.link else { throw .damaged("a hard link", reason: "it has no target") }
            return try target.link(path, to: try LayerPath(link))
        }
        let attributes = try EntryAttributes(entry, path: path, in: archive)
        switch entry.type {
        case S_IFREG: try writeFile(path, entry, attributes, archive)
        case S_IFDIR:
            if !path.name.isEmpty { try target.makeFolder(path) }
            folders[path.bytes] = (try target.inode(path), attributes)
        case S_IFLNK:
            guard let link = entry.link, link[0] != 0 else {
                throw .hostile(entry: path.text, reason: "it is a symbolic link to nothing")
            }
            _ = try target.make(path) { symlinkat(link, $0, $1) }
            attributes.apply(to: path.name, in: try target.folder(path.folder), isLink: true)
        case S_IFIFO:
            _ = try target.make(path) { mknodat($0, $1, S_IFIFO | 0o600, 0) }
            attributes.apply(to: path.name, in: try target.folder(path.folder), isLink: false)
        default: return
        }
    }

    private mutating func writeFile(
        _ path: LayerPath, _ entry: carchive_entry, _ attributes: EntryAttributes, _ archive: borrowing ArchiveReader
    ) throws(ImageError) {
        let (sum, overflow) = bytes.addingReportingOverflow(entry.size)
        guard entry.size >= 0, !overflow, sum <= limits.bytes else { throw .tooLarge("the layer", limit: limits.bytes) }
        bytes = sum
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = FileDescriptor(owning: try target.make(path) { clinux_openat($0, $1, flags, 0o600) })
        let number = file.number
        var end: Int64 = 0
        try archive.forEachBlock { (block, offset) throws(ImageError) in
            var done = 0
            while done < block.count {
                let (start, left, place) = (
                    block.baseAddress?.advanced(by: done), block.count - done, offset + Int64(done)
                )
                do throws(SystemCallError) {
                    done += try systemCall("write", printable(path.text)) { pwrite(number, start, left, off_t(place)) }
                } catch { throw .system(error) }
            }
            end = offset + Int64(block.count)
        }
        // A sparse file may end with a hole.
        if end < entry.size, ftruncate(number, off_t(entry.size)) != 0 {
            throw .system(SystemCallError("write", printable(path.text), errno: .current))
        }
        try attributes.apply(to: number, path: path.text)
    }
}
