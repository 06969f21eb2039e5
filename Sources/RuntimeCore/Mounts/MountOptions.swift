import CLinux
import Glibc
import Linux

/// The options of a mount of config.json, sorted by who reads them: the mount, its propagation, the launch, or the
/// file system. See mount(8), and config.md, "Linux mount options".
struct MountOptions: Hashable, Sendable {
    /// `MOUNT_ATTR_*` of the mount itself, and of those below it too (`rro`, …).
    var set: UInt64 = 0
    var clear: UInt64 = 0
    var recursiveSet: UInt64 = 0
    var recursiveClear: UInt64 = 0
    var propagations: [Propagation] = []
    var bind = false
    var recursiveBind = false
    /// Owners are mapped by the container's user namespace.
    var idmap = false
    var recursiveIdmap = false
    /// Owners are shown as they are on the host, even where the launch maps those of bind mounts: what a kernel file
    /// system or a device shows cannot be mapped. Not of the specification.
    var noIdmap = false
    /// What is mounted there already is changed.
    var remount = false
    /// A new tmpfs begins with what it covers.
    var copyUp = false
    /// Asked of the file system as well, where it knows the word: `iversion`, `mand`.
    var wishes: [String] = []
    /// What the file system reads, such as `mode=755`; `nil` for a word without a value.
    var data: [Datum] = []

    struct Propagation: Hashable, Sendable {
        var kind: UInt64
        var recursive: Bool

        /// `private`, `rslave` …; `nil` for any other word.
        init?(_ word: String) {
            let recursive = word.begins(with: "r")
            switch recursive ? String(decoding: word.utf8.dropFirst(), as: UTF8.self) : word {
            case "private": kind = UInt64(MS_PRIVATE)
            case "slave": kind = UInt64(MS_SLAVE)
            case "shared": kind = UInt64(MS_SHARED)
            case "unbindable": kind = UInt64(MS_UNBINDABLE)
            default: return nil
            }
            self.recursive = recursive
        }
    }

    struct Datum: Hashable, Sendable {
        var key: String
        var value: String?
    }

    init(_ words: [String]) {
        for word in words {
            // As mount(2) reads them: several in one, and none.
            if !word.utf8.contains(UInt8(ascii: ",")) {
                read(word)
            } else {
                for part in Self.parts(word) { read(part) }
            }
        }
    }

    /// What commas separate, but for those in quotes, as of a security label, and those behind a backslash.
    private static func parts(_ word: String) -> [String] {
        var (parts, part): ([String], [UInt8]) = ([], [])
        var (isQuoted, isEscaped) = (false, false)
        for byte in word.utf8 {
            if byte == UInt8(ascii: ","), !isQuoted, !isEscaped {
                parts.append(String(decoding: part, as: UTF8.self))
                part = []
                continue
            }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            part.append(byte)
        }
        return parts + [String(decoding: part, as: UTF8.self)]
    }

    private mutating func read(_ word: String) {
        if let propagation = Propagation(word) {
            propagations.append(propagation)
        } else if let flag = Self.flag(word) {
            apply(flag, recursively: false)
        } else if word.begins(with: "r"), let flag = Self.flag(String(decoding: word.utf8.dropFirst(), as: UTF8.self)) {
            apply(flag, recursively: true)
        } else {
            switch word {
            case "", "defaults", "silent", "loud": break
            case "remount": remount = true
            case "tmpcopyup": copyUp = true
            case "iversion", "noiversion", "mand", "nomand": wishes.append(word)
            case "bind": bind = true
            case "rbind": (bind, recursiveBind) = (true, true)
            case "idmap": idmap = true
            case "noidmap": noIdmap = true
            case "ridmap": (idmap, recursiveIdmap) = (true, true)
            default:
                let parts = word.utf8.split(
                    separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
                ).map { String(decoding: $0, as: UTF8.self) }
                data.append(Datum(key: parts[0], value: parts.count > 1 ? parts[1] : nil))
            }
        }
    }

    private mutating func apply(_ flag: (set: Int, clear: Int), recursively: Bool) {
        let (on, off) = (UInt64(flag.set), UInt64(flag.clear))
        if recursively {
            recursiveSet = recursiveSet & ~off | on
            recursiveClear = recursiveClear & ~on | off
        } else {
            set = set & ~off | on
            clear = clear & ~on | off
        }
    }

    /// Every word that is about the mount, for `features`.
    static var words: [String] {
        let kinds = ["private", "slave", "shared", "unbindable"]
        let all = flags + kinds + ["bind", "idmap"]
        // The file system's own, which fsconfig(2) takes for each, and those that concern no mount.
        let once = [
            "async", "defaults", "dirsync", "iversion", "lazytime", "loud", "mand", "noiversion", "nolazytime",
            "nomand", "remount", "silent", "sync", "tmpcopyup",
        ]
        return (all + all.map { "r\($0)" } + once).sorted()
    }

    private static let flags = [
        "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec", "nosymfollow", "symfollow", "nodiratime",
        "diratime", "relatime", "atime", "norelatime", "nostrictatime", "noatime", "strictatime",
    ]

    /// What `word`, one of `flags`, sets and clears. The four kinds of access times are one field of the mount: choosing
    /// one clears the others first.
    ///
    /// No dictionary: it would be made at each start, for a dozen words to be looked up.
    private static func flag(_ word: String) -> (set: Int, clear: Int)? {
        switch word {
        case "ro": (CLINUX_MOUNT_ATTR_RDONLY, 0)
        case "rw": (0, CLINUX_MOUNT_ATTR_RDONLY)
        case "nosuid": (CLINUX_MOUNT_ATTR_NOSUID, 0)
        case "suid": (0, CLINUX_MOUNT_ATTR_NOSUID)
        case "nodev": (CLINUX_MOUNT_ATTR_NODEV, 0)
        case "dev": (0, CLINUX_MOUNT_ATTR_NODEV)
        case "noexec": (CLINUX_MOUNT_ATTR_NOEXEC, 0)
        case "exec": (0, CLINUX_MOUNT_ATTR_NOEXEC)
        case "nosymfollow": (CLINUX_MOUNT_ATTR_NOSYMFOLLOW, 0)
        case "symfollow": (0, CLINUX_MOUNT_ATTR_NOSYMFOLLOW)
        case "nodiratime": (CLINUX_MOUNT_ATTR_NODIRATIME, 0)
        case "diratime": (0, CLINUX_MOUNT_ATTR_NODIRATIME)
        case "relatime", "atime": (0, CLINUX_MOUNT_ATTR__ATIME)
        case "norelatime", "nostrictatime": (0, 0)
        case "noatime": (CLINUX_MOUNT_ATTR_NOATIME, CLINUX_MOUNT_ATTR__ATIME)
        case "strictatime": (CLINUX_MOUNT_ATTR_STRICTATIME, CLINUX_MOUNT_ATTR__ATIME)
        default: nil
        }
    }
}

/// The options of mounts that the runtime knows.
package enum MountWords {
    package static var all: [String] { MountOptions.words }
}
