import CLinux
import Glibc
import Linux

extension ImageStore {
    /// Does `body` with the files of the image `name` as this process's root, so that every path and every link in them
    /// means what it means in a container of it; without a name, with the host's.
    ///
    /// One thread: nobody else is looking meanwhile.
    func inRoot<R>(of name: String?, _ body: () throws(ImageError) -> R) throws(ImageError) -> R {
        guard let name else { return try body() }
        let layers = try unpack(try resolve(name))
        guard geteuid() == 0 else { throw .unsuitable(name, reason: "to pack out of an image needs root") }
        let (root, place) = try system { () throws(SystemCallError) in
            let joined = try JoinedLayers.open(layers, at: ingest)
            return (joined.release(), try FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY).release())
        }
        let here = try system { () throws(SystemCallError) in try FileDescriptor.open(".", flags: O_PATH | O_DIRECTORY)
        }
        defer {
            close(root)
            close(place)
        }
        try Self.enter(root, of: name)
        // The way back does not fail: the folder is open, and nobody has taken the right away.
        defer {
            _ = fchdir(place)
            chroot(".")
            _ = fchdir(here.number)
        }
        return try body()
    }

    private static func enter(_ root: Int32, of name: String) throws(ImageError) {
        try system { () throws(SystemCallError) in
            try systemCall("enter", name) { fchdir(root) }
            try systemCall("enter", name) { chroot(".") }
        }
    }
}
