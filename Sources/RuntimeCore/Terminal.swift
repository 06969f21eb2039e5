import CLinux
import Glibc
import Linux
import OCI

/// Pseudo terminals. See pty(7), ioctl_tty(2).
package enum Terminal {
    // <asm-generic/ioctls.h>; the same on x86 and ARM.
    private static let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    private static let openPeer: UInt = 0x5441  // TIOCGPTPEER
    private static let control: UInt = 0x540e  // TIOCSCTTY
    private static let setSize: UInt = 0x5414  // TIOCSWINSZ

    /// Makes a terminal in the /dev/pts below `root`, sends the master side on `channel`, gives back the other side.
    static func make(
        below root: borrowing FileDescriptor, size: OCI.RuntimeSpec.ConsoleSize?, owner: uid_t,
        channel: borrowing ChildChannel
    ) throws(LaunchError) -> FileDescriptor {
        let master = try during(.console, on: "/dev/pts") { () throws(SystemCallError) in
            let folder = try root.open(inRoot: "dev/pts", flags: O_RDONLY | O_DIRECTORY)
            guard fileSystem(of: folder) == UInt(DEVPTS_SUPER_MAGIC) else {
                throw SystemCallError("use", "/dev/pts", errno: .noSuchDevice)
            }
            let master = try folder.open("ptmx", flags: O_RDWR | O_NOCTTY | O_NOFOLLOW)
            // Number 2 of the file system is the kernel's own ptmx: nothing was put over it.
            let status = try master.status()
            guard status.st_rdev == gnu_dev_makedev(5, 2), status.st_ino == 2 else {
                throw SystemCallError("use", "/dev/pts/ptmx", errno: .noSuchDevice)
            }
            return master
        }
        return try during(.console) { () throws(SystemCallError) in
            let number = master.number
            var locked: Int32 = 0
            try systemCall("unlock it") {
                withUnsafeMutablePointer(to: &locked) { clinux_ioctl(number, unlock, UInt(bitPattern: $0)) }
            }
            let peer = FileDescriptor(
                owning: try systemCall("open it") {
                    clinux_ioctl(number, openPeer, UInt(bitPattern: Int(O_RDWR | O_NOCTTY | O_CLOEXEC)))
                })
            if let size { try resize(number, rows: size.height, columns: size.width) }
            let side = peer.number
            try systemCall("hand it to its user") { fchown(side, owner, gid_t.max) }
            channel.report(.console(number))
            return peer
        }
    }

    /// Makes `terminal` standard input, output and error, and the session's controlling terminal.
    static func connect(_ terminal: borrowing FileDescriptor) throws(LaunchError) {
        let number = terminal.number
        try during(.console) { () throws(SystemCallError) in
            try systemCall("take control of it") { clinux_ioctl(number, control, 0) }
            for standard: Int32 in 0...2 { try systemCall("connect it") { dup2(number, standard) } }
        }
    }

    /// Tells the terminal how many cells it has.
    package static func resize(_ terminal: Int32, rows: UInt16, columns: UInt16) throws(SystemCallError) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try systemCall("resize the terminal") {
            withUnsafeMutablePointer(to: &size) { clinux_ioctl(terminal, setSize, UInt(bitPattern: $0)) }
        }
    }
}
