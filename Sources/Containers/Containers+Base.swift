import Glibc
import Linux

extension Containers {
    /// What `new` is to be built on.
    func base(of new: NewContainer) throws(ContainerError) -> Base {
        switch new.source {
        case .directory(let path): try Self.plain(path)
        case .image(let reference): throw ContainerError(.notFound, "there is no image \(reference)")
        }
    }

    /// `--rootfs DIR`.
    private static func plain(_ path: String) throws(ContainerError) -> Base {
        guard let resolved = realpath(path, nil) else {
            throw ContainerError(.notFound, "cannot use \(path) as a root file system: \(Errno.current)", exitCode: 125)
        }
        defer { free(resolved) }
        let folder = String(cString: resolved)
        let names = try explaining("cannot use \(path) as a root file system") { () throws(SystemCallError) in
            try Files.names(in: folder)
        }
        guard !names.isEmpty else {
            throw ContainerError(
                .invalid,
                "cannot use \(path) as a root file system: it is empty; put a program and its libraries there",
                exitCode: 125)
        }
        return Base(name: folder, folders: .directory(folder))
    }
}
