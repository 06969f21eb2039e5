import Glibc

/// A system call's reason for failing, as in errno(3).
package struct Errno: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// What the last failed call of this thread left behind. Read it in the very next expression:
    /// anything between, a retain even, may change it.
    package static var current: Errno { Errno(rawValue: errno) }

    package static let notPermitted = Errno(rawValue: EPERM)
    package static let noSuchFile = Errno(rawValue: ENOENT)
    package static let noSuchProcess = Errno(rawValue: ESRCH)
    package static let interrupted = Errno(rawValue: EINTR)
    package static let noSuchDevice = Errno(rawValue: ENODEV)
    package static let again = Errno(rawValue: EAGAIN)
    package static let accessDenied = Errno(rawValue: EACCES)
    package static let busy = Errno(rawValue: EBUSY)
    package static let addressInUse = Errno(rawValue: EADDRINUSE)
    package static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    package static let exists = Errno(rawValue: EEXIST)
    package static let notDirectory = Errno(rawValue: ENOTDIR)
    package static let isDirectory = Errno(rawValue: EISDIR)
    package static let isPipe = Errno(rawValue: ESPIPE)
    package static let invalid = Errno(rawValue: EINVAL)
    package static let noSpace = Errno(rawValue: ENOSPC)
    package static let readOnly = Errno(rawValue: EROFS)
    package static let brokenPipe = Errno(rawValue: EPIPE)
    package static let notEmpty = Errno(rawValue: ENOTEMPTY)
    package static let loop = Errno(rawValue: ELOOP)
    package static let notSupported = Errno(rawValue: EOPNOTSUPP)
    package static let noSuchCall = Errno(rawValue: ENOSYS)

    /// Whether there is no room on the disk, or none left of this user's share of it.
    package var isNoSpace: Bool { self == .noSpace || rawValue == EDQUOT }

    /// Whether the disk, or the file system on it, does not give back what was written; or what is there cannot be it.
    package var isDamage: Bool { [EIO, EUCLEAN, EBADMSG, EFBIG, EISDIR].contains(rawValue) }

    /// Whether there is nothing at the path.
    package var isMissing: Bool { self == .noSuchFile || self == .notDirectory }

    /// Whether this process, or the host, may open no further file.
    package var isTooManyFiles: Bool { rawValue == EMFILE || rawValue == ENFILE }

    /// The system's own words, without a capital or a full stop: `no such file or directory`.
    package var description: String {
        guard let text = strerror(rawValue) else { return "error \(rawValue)" }
        let words = String(cString: text)
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
