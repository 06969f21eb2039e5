import CArchive
import CLinux
import Glibc
import Linux

/// Owner, permissions, time and extended attributes of an archive's entry, as they are set on disk.
struct EntryAttributes {
    let uid: uid_t
    let gid: gid_t
    let permissions: mode_t
    let time: timespec
    private let extended: [FileAttribute]

    /// Takes over what may be: of the extended attributes, those that go along with a file.
    init(_ entry: carchive_entry, path: LayerPath, in archive: borrowing ArchiveReader) throws(ImageError) {
        // 2^32 - 1 means "leave it" to chown(2).
        guard let uid = UInt32(exactly: entry.uid), let gid = UInt32(exactly: entry.gid), uid < .max, gid < .max else {
            throw .hostile(entry: path.text, reason: "its owner \(entry.uid):\(entry.gid) is no user of Linux")
        }
        self.uid = uid
        self.gid = gid
        permissions = entry.permissions
        time = timespec(tv_sec: Int(entry.seconds), tv_nsec: min(Int(entry.nanoseconds), 999_999_999))
        var extended: [FileAttribute] = []
        archive.forEachAttribute { name, value in
            let attribute = FileAttribute(String(cString: name), value)
            if let attribute, attribute.name.utf8.count < 256, value.count <= 65_536 { extended.append(attribute) }
        }
        self.extended = extended
    }

    /// Sets all on the open file or folder `number`.
    ///
    /// The order matters: a change of owner clears set-user-id bits and file capabilities.
    func apply(to number: Int32, path: String) throws(ImageError) {
        let privileged = geteuid() == 0
        try system { () throws(SystemCallError) in
            // An id that the user namespace has not got stays the caller's.
            if privileged, fchown(number, uid, gid) != 0, Errno.current != .invalid {
                throw SystemCallError("give an owner to", printable(path), errno: .current)
            }
            try systemCall("set the permissions of", printable(path)) { fchmod(number, permissions) }
            for attribute in extended { try attribute.set(on: number, path: printable(path)) }
            let times = [time, time]
            try systemCall("set the time of", printable(path)) { futimens(number, times) }
        }
    }

    /// Sets owner and time of a symbolic link, or owner, permissions and time of a FIFO, at `name` in `folder`.
    func apply(to name: [UInt8], in folder: Int32, isLink: Bool) {
        let times = [time, time]
        name.asCString { name in
            if geteuid() == 0 { _ = fchownat(folder, name, uid, gid, AT_SYMLINK_NOFOLLOW) }
            if !isLink { _ = fchmodat(folder, name, permissions, 0) }
            _ = utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW)
        }
    }
}
