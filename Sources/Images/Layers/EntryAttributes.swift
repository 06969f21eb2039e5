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
    private let extended: [(name: String, value: [UInt8])]

    /// Takes over what may be: of the extended attributes `security.capability` and `user.`. What forges overlayfs's
    /// own (`trusted.overlay.`, `user.overlay.`) or belongs to the host's security modules is dropped.
    init(_ entry: carchive_entry, path: LayerPath, in archive: borrowing ArchiveReader) throws(ImageError) {
        // 2^32 - 1 means "leave it" to chown(2).
        guard let uid = UInt32(exactly: entry.uid), let gid = UInt32(exactly: entry.gid), uid < .max, gid < .max else {
            throw .hostile(entry: path.text, reason: "its owner \(entry.uid):\(entry.gid) is no user of Linux")
        }
        self.uid = uid
        self.gid = gid
        permissions = entry.permissions
        time = timespec(tv_sec: Int(entry.seconds), tv_nsec: min(Int(entry.nanoseconds), 999_999_999))
        var extended: [(name: String, value: [UInt8])] = []
        archive.forEachAttribute { name, value in
            let name = String(cString: name)
            let kept = name == "security.capability" || name.hasPrefix("user.") && !name.hasPrefix("user.overlay.")
            if kept, name.utf8.count < 256, value.count <= 65_536 { extended.append((name, Array(value))) }
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
            for attribute in extended {
                let result = fsetxattr(number, attribute.name, attribute.value, attribute.value.count, 0)
                // A file system without them, or a person without the right to, is no reason to have no image.
                if result == 0 || [.notSupported, .notPermitted].contains(Errno.current) { continue }
                throw SystemCallError("set \(attribute.name) of", printable(path), errno: .current)
            }
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
