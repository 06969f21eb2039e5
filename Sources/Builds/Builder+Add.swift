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

    /// What lies at those of `paths` that are addresses.
    func fetch(
        _ paths: [String], _ step: Containerfile.Instruction, _ stage: Stage
    ) throws(BuildError) -> [Fetched] {
        let urls = step.keyword == "ADD" ? paths.filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") } : []
        guard step.flag("checksum") == nil || urls.count == 1 && paths.count == 1 else {
            throw BuildError("--checksum is of what is fetched from one address: leave it out")
        }
        let checksum = try step.flag("checksum").map { text throws(BuildError) in try words(stage).expand(text) }
        var fetched: [Fetched] = []
        for url in urls { fetched.append(Fetched(url: url, bytes: try fetch(url, checksum: checksum))) }
        return fetched
    }

    /// What lies at the address `url`.
    private func fetch(_ url: String, checksum: String?) throws(BuildError) -> [UInt8] {
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

/// What ADD has got from an address.
struct Fetched {
    let url: String
    let bytes: [UInt8]

    /// The file that the address names.
    var name: String {
        url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last.map(String.init) ?? "index"
    }
}
