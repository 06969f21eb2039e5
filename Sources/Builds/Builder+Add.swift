import CLinux
import Containers
import Glibc
import Images
import Linux
import OCI

/// What ADD does beyond COPY: archives of the build's folder are unpacked, and addresses are fetched.
extension Builder {
    /// Unpacks `path` to the folder `destination` where it is a tar archive; `false` where it is not.
    func unpack(
        _ path: String, of source: borrowing BuildSource, to destination: String, _ place: borrowing BuildPlace,
        _ target: borrowing BuildTarget
    ) throws(BuildError) -> Bool {
        guard (try? source.find(path)) != nil,
            let file = try? source.root.open(inRoot: path, flags: O_RDONLY | O_NONBLOCK),
            let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG, RootArchive.isTar(file)
        else { return false }
        let folder = "\(place.aside)/\(UInt32.random(in: .min ... .max))"
        try explained { () throws(ImageError) in
            try system { () throws(SystemCallError) in try Files.makeDirectories(folder) }
            try RootArchive.unpack(file, named: path, into: folder)
        }
        return try explainedSystem { () throws(SystemCallError) in
            var transfer = TreeTransfer(owner: .same(plus: 0))
            let from = try FileDescriptor.open(folder, flags: O_RDONLY | O_DIRECTORY)
            let to = try target.folder(destination)
            try transfer.copyContents(of: from, to: to)
            return true
        }
    }

    /// What lies at the address `url`.
    func fetch(_ url: String, checksum: String?) throws(BuildError) -> [UInt8] {
        say(.note("getting \(url)"))
        let options = RegistryOptions(environment: containers.environment)
        let bytes = try explained { () throws(ImageError) in try Download.bytes(of: url, options: options) }
        if let checksum {
            let found = try explained { () throws(ImageError) in try ImageStore.digest(of: bytes) }
            guard found.description == checksum else {
                throw BuildError("\(url) is not what --checksum promises: its digest is \(found)")
            }
        }
        return bytes
    }
}
