import CLinux
import Glibc
import Linux

/// Files with several names, while a tree is copied: where the first copy of each is, so that its other names become names
/// of that.
struct HardLinks {
    private struct File: Hashable {
        let device: dev_t
        let inode: ino_t

        init(_ status: stat) { (device, inode) = (status.st_dev, status.st_ino) }
    }

    private struct Copy {
        let folders: [[UInt8]]
        let name: [UInt8]
        let file: File
    }

    private var first: [File: Copy] = [:]
    /// The folder that all is copied into; it stays open longer than this lives.
    private let base: Int32
    /// From there down to the folder that is written to now.
    private var folders: [[UInt8]] = []

    init(below base: borrowing FileDescriptor) { self.base = base.number }

    /// What is copied goes into the folder `name`, until `leave`.
    mutating func enter(_ name: [UInt8]) { folders.append(name) }

    mutating func leave() { folders.removeLast() }

    /// Notes that `copy`, now `name` in the folder that is written to, is of the file with the status `source`.
    mutating func note(_ source: stat, as name: [UInt8], _ copy: borrowing FileDescriptor) {
        guard source.st_nlink > 1, let made = try? copy.status() else { return }
        first[File(source)] = Copy(folders: folders, name: name, file: File(made))
    }

    /// Makes `name` in the folder `target` another name of the copy of the file with the status `source`.
    ///
    /// `false` where there is none, or cannot be (the folder is of another mount, the file system has no links): it becomes
    /// a file of its own.
    func link(_ source: stat, as name: [UInt8], in target: borrowing FileDescriptor) -> Bool {
        guard source.st_nlink > 1, let copy = first[File(source)], let folder = try? open(copy.folders) else {
            return false
        }
        let (from, to) = (folder.number, target.number)
        let result = copy.name.asCString { old in name.asCString { linkat(from, old, to, $0, 0) } }
        guard result == 0 else { return false }
        // Somebody may have put another thing in the copy's place.
        if let made = try? target.status(of: name), File(made) == copy.file { return true }
        _ = name.asCString { unlinkat(to, $0, 0) }
        return false
    }

    /// One by one, and never by a symbolic link: as many as are copied would be too many to keep open.
    private func open(_ names: [[UInt8]]) throws(SystemCallError) -> FileDescriptor {
        let base = base
        var folder = FileDescriptor(
            owning: try systemCall("duplicate a descriptor") { fcntl(base, F_DUPFD_CLOEXEC, 3) })
        for name in names { folder = try folder.open(named: name, flags: O_PATH | O_DIRECTORY) }
        return folder
    }
}
