import CLinux
import Glibc
import Linux

/// Copies files between a container and the host by open folders alone: no name on either side is ever followed where it
/// is a symbolic link, so that neither leads the other astray, whatever it changes meanwhile.
package struct TreeTransfer {
    /// Whose the copies are.
    package enum Owner: Equatable {
        /// Whoever runs this.
        case caller
        /// On disk, or on the host, this user and group.
        case one(uid_t, gid_t)
        /// As the source has it, with this added; ids below the second are kept at 0.
        case same(plus: Int64)
    }

    private let owner: Owner
    /// What becomes of the source's mode, which is given with its kind; for folders as well.
    package var permissions: ((_ mode: mode_t) -> mode_t)?
    /// Says of a path, from what is copied on (`a/b`), whether it stays where it is. A folder is looked into all the same
    /// where something in it might not.
    package var leavesOut: (_ path: String) -> Bool = { _ in false }
    package var looksIntoLeftOut = false
    /// Bytes that were copied.
    package private(set) var bytes: Int64 = 0
    /// Devices and sockets that were left out.
    package private(set) var skipped: [String] = []
    private var links: HardLinks?

    package init(owner: Owner) { self.owner = owner }

    /// Copies `name` of the folder `source` to `newName` of the folder `target`; a folder with all in it, joined with one
    /// that is there, anything else in place of what is there.
    package mutating func copy(
        _ name: [UInt8], of source: borrowing FileDescriptor, to newName: [UInt8], of target: borrowing FileDescriptor,
        at path: String = ""
    ) throws(SystemCallError) {
        links = HardLinks(below: target)
        try copyEntry(name, source, newName, target, path, 0)
    }

    private mutating func copyEntry(
        _ name: [UInt8], _ source: borrowing FileDescriptor, _ newName: [UInt8], _ target: borrowing FileDescriptor,
        _ path: String, _ depth: Int
    ) throws(SystemCallError) {
        let text = Self.text(name)
        guard depth < 500 else { throw SystemCallError("copy", text, errno: Errno(rawValue: ENAMETOOLONG)) }
        // Those would be the target itself, or what lies above it.
        guard !newName.isEmpty, ![".", ".."].contains(Self.text(newName)) else {
            throw SystemCallError("make", Self.text(newName), errno: .invalid)
        }
        let to = target.number
        let status = try source.status(of: name)
        if leavesOut(path) {
            guard looksIntoLeftOut, status.st_mode & S_IFMT == S_IFDIR else { return }
            try copyFolder(name, source, newName, target, path, depth)
            // It goes again where nothing has come into it.
            _ = newName.asCString { unlinkat(to, $0, AT_REMOVEDIR) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: try copyFile(name, source, newName, target)
        case S_IFLNK:
            let link = try source.link(named: name)
            try make(newName, in: target, as: status, text) { name throws(SystemCallError) in
                try systemCall("link", text) { link.asCString { old in name.asCString { symlinkat(old, to, $0) } } }
            }
        case S_IFDIR:
            try copyFolder(name, source, newName, target, path, depth)
        case S_IFIFO:
            try make(newName, in: target, as: status, text) { name throws(SystemCallError) in
                try systemCall("make", text) { name.asCString { mknodat(to, $0, S_IFIFO | 0o600, 0) } }
            }
        default: skipped.append(text)
        }
    }

    /// Makes `newName` of the kind and the owner that `status` says: what has no content.
    private func make(
        _ newName: [UInt8], in target: borrowing FileDescriptor, as status: stat, _ text: String,
        _ body: (_ name: [UInt8]) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        var new = Replacement(of: newName, in: target)
        try body(new.temporary)
        let copy = try Self.made(new.temporary, status.st_mode & S_IFMT, target)
        try own(status, copy, text)
        try settle(status, copy, text)
        try new.keep()
    }

    private mutating func copyFolder(
        _ name: [UInt8], _ source: borrowing FileDescriptor, _ newName: [UInt8], _ target: borrowing FileDescriptor,
        _ path: String, _ depth: Int
    ) throws(SystemCallError) {
        let (to, text) = (target.number, Self.text(name))
        let inside = try source.open(named: name, flags: O_RDONLY | O_DIRECTORY)
        let (above, status) = (try source.status(), try inside.status())
        let made = newName.asCString { mkdirat(to, $0, 0o700) } == 0
        if !made, Errno.current != .exists { throw SystemCallError("make folder", text, errno: .current) }
        let copy = try target.open(named: newName, flags: O_RDONLY | O_DIRECTORY)
        if made {
            do throws(SystemCallError) { try own(status, copy, text) } catch {
                _ = newName.asCString { unlinkat(to, $0, AT_REMOVEDIR) }
                throw error
            }
        }
        if above.st_dev == status.st_dev || !inside.isOfKernel {
            links?.enter(newName)
            defer { links?.leave() }
            try copyEntries(inside, copy, path, depth + 1)
        }
        guard made else { return }
        try copyAttributes(of: inside, to: copy, text)
        try settle(status, copy, text)
    }

    /// Copies all that is in the folder `source` into the folder `target`.
    package mutating func copyContents(
        of source: borrowing FileDescriptor, to target: borrowing FileDescriptor, at path: String = ""
    ) throws(SystemCallError) {
        links = HardLinks(below: target)
        try copyEntries(source, target, path, 0)
    }

    private mutating func copyEntries(
        _ source: borrowing FileDescriptor, _ target: borrowing FileDescriptor, _ path: String, _ depth: Int
    ) throws(SystemCallError) {
        // A list of its own, since what is copied may come to lie in the folder that is read.
        for name in try source.names() {
            let below = path.isEmpty ? Self.text(name) : "\(path)/\(Self.text(name))"
            try copyEntry(name, source, name, target, below, depth)
        }
    }

    private mutating func copyFile(
        _ name: [UInt8], _ source: borrowing FileDescriptor, _ newName: [UInt8], _ target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        // What was a file may be a pipe by now, which must not make us wait.
        let file = try source.open(named: name, flags: O_RDONLY | O_NONBLOCK)
        try copyFile(file, Self.text(name), newName, target)
    }

    /// Copies the open file `file` to `newName` of the folder `target`.
    ///
    /// - Parameter name: what errors call it; else its new name.
    package mutating func copyOpen(
        _ file: borrowing FileDescriptor, named name: String? = nil, to newName: [UInt8],
        of target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        links = HardLinks(below: target)
        try copyFile(file, name ?? Self.text(newName), newName, target)
    }

    private mutating func copyFile(
        _ file: borrowing FileDescriptor, _ text: String, _ newName: [UInt8], _ target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return skipped.append(text) }
        var new = Replacement(of: newName, in: target)
        if links?.link(status, as: new.temporary, in: target) == true { return try new.keep(asLink: true) }
        let copy = try new.makeFile(in: target)
        // Before all is copied in vain: nobody but root may give files away.
        try own(status, copy, text)
        try copyContent(of: file, to: copy, text)
        try copyAttributes(of: file, to: copy, text)
        try settle(status, copy, text)
        try new.keep(copy)
        links?.note(status, as: newName, copy)
    }

    private mutating func copyContent(
        of file: borrowing FileDescriptor, to copy: borrowing FileDescriptor, _ text: String
    ) throws(SystemCallError) {
        let (from, to) = (file.number, copy.number)
        do throws(SystemCallError) {
            // A signal that is handled waits for the end of a call.
            while case let count = try systemCall("copy", text, { sendfile(to, from, nil, 16 << 20) }), count > 0 {
                bytes += Int64(count)
            }
        } catch {
            // Files of /proc and the like can only be read.
            guard error.errno == .invalid else { throw error }
            let content = try file.readAll()
            try copy.write(content)
            bytes += Int64(content.count)
        }
    }

    /// Gives the open file `copy`, which has its owner and content, the extended attributes of `file`: a change of either
    /// takes file capabilities away. Those are for whom they were given by, as set-id bits are.
    private func copyAttributes(
        of file: borrowing FileDescriptor, to copy: borrowing FileDescriptor, _ text: String
    ) throws(SystemCallError) {
        for attribute in file.attributes() where owner != .caller || !attribute.isPrivilege {
            try attribute.set(on: copy.number, path: text)
        }
    }

    /// Opens what was just made as `name`, to be owned: somebody may have put another thing in its place.
    private static func made(
        _ name: [UInt8], _ type: mode_t, _ folder: borrowing FileDescriptor
    ) throws(SystemCallError) -> FileDescriptor {
        let file = try folder.open(named: name, flags: O_PATH)
        guard try file.status().st_mode & S_IFMT == type else {
            throw SystemCallError("copy to, since it was exchanged meanwhile,", text(name), errno: .busy)
        }
        return file
    }

    /// Gives the open file `copy` its owner, by its descriptor: a name may mean another file by now, or lead to one of the
    /// host.
    private func own(_ status: stat, _ copy: borrowing FileDescriptor, _ text: String) throws(SystemCallError) {
        let ids: (uid_t, gid_t)
        switch owner {
        case .caller: return
        case .one(let user, let group): ids = (user, group)
        case .same(let plus):
            ids = (uid_t(clamping: Int64(status.st_uid) + plus), gid_t(clamping: Int64(status.st_gid) + plus))
        }
        let path = Self.path(of: copy)
        try systemCall("own", text) { chown(path, ids.0, ids.1) }
    }

    /// Gives the open file `copy`, which has its owner and content, mode and times: a change of owner takes set-id bits
    /// away, and what is written changes times.
    private func settle(_ status: stat, _ copy: borrowing FileDescriptor, _ text: String) throws(SystemCallError) {
        let path = Self.path(of: copy)
        if status.st_mode & S_IFMT != S_IFLNK {
            // Set-id bits are for the user that they were given by, who is not the one that has the copy.
            let mode = permissions?(status.st_mode) ?? status.st_mode & (owner == .caller ? 0o1777 : 0o7777)
            try systemCall("change the mode of", text) { chmod(path, mode) }
        }
        let times = [status.st_atim, status.st_mtim]
        _ = utimensat(AT_FDCWD, path, times, 0)
    }

    /// As a path, since fchmod(2) and futimens(3) refuse what is opened with O_PATH; it is not followed any further.
    private static func path(of file: borrowing FileDescriptor) -> String { "/proc/self/fd/\(file.number)" }

    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
