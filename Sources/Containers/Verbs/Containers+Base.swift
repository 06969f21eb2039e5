import Glibc
import Images
import Linux
import OCI

extension Containers {
    /// What `new` is to be built on.
    func base(of new: NewContainer) throws(ContainerError) -> Base {
        switch new.source {
        case .directory(let path): try Self.plain(path)
        case .image(let reference): try image(reference)
        case .layers(let folders, let process, let name):
            Base(name: name, folders: .layers(folders), defaults: Base.Defaults(process))
        }
    }

    func holdImages() throws(ContainerError) -> FileDescriptor {
        do throws(ImageError) { return try images.hold() } catch { throw ContainerError(error) }
    }

    /// An image of the store, its layers unpacked where they are not yet.
    private func image(_ name: String) throws(ContainerError) -> Base {
        do throws(ImageError) {
            let image = try images.resolve(name)
            try image.requireHostPlatform()
            let folders = try images.unpack(image)
            guard !folders.isEmpty else { throw ImageError.empty(name) }
            return Base(
                name: name, digest: image.digest.description, folders: .layers(folders),
                defaults: Base.Defaults(image.configuration.config))
        } catch {
            throw ContainerError(error)
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

extension Base.Defaults {
    /// Out of an image's configuration.
    init(_ process: ImageConfiguration.Process?) {
        self.init(
            entrypoint: process?.entrypoint ?? [], command: process?.cmd ?? [], environment: process?.env ?? [],
            workdir: process?.workingDir ?? "", user: process?.user ?? "",
            volumes: (process?.volumes ?? [:]).keys.sorted(), labels: process?.labels ?? [:],
            exposedPorts: (process?.exposedPorts ?? [:]).keys.sorted(), stopSignal: process?.stopSignal ?? "")
        health = process?.healthcheck
    }
}

extension ContainerError {
    /// What the store has to say, as this room's.
    init(_ error: ImageError) {
        let kind: Kind =
            switch error {
            case .notFound: .notFound
            case .badReference, .ambiguous: .invalid
            case .wrongPlatform, .libraryMissing: .unsupported
            case .inUse: .conflict
            default: .failed
            }
        self.init(kind, error.description, exitCode: 125)
    }
}
