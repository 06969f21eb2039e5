import Glibc
import Images
import Linux
import Records

/// `cp` with `-` on one side: a tar archive on standard output or input.
///
/// The files pass through a folder of their own on this disk, so that what is inside is reached by open folders alone, as
/// with any other copy, whatever the container or the archive's maker try meanwhile.
extension Containers {
    /// Writes `source`, a folder with its name and all in it, or a file, to `target` as a tar archive; owners are those
    /// inside.
    package func copy(
        _ source: CopyPlace, toArchive target: borrowing FileDescriptor, follow: Bool = false
    ) throws(ContainerError) -> Copied {
        let passage = try CopyPassage(layout.building)
        let copied = try copy(
            from: source, to: .host(passage.path + "/"), keepOwners: SubordinateUsers.areThere, follow: follow,
            failing: "cannot copy \(source.path) into an archive")
        do throws(ImageError) { try RootArchive.write(passage.path, to: target) } catch {
            throw ContainerError(.failed, "cannot write the archive: \(error)")
        }
        return copied
    }

    /// Unpacks the tar archive `source`, compressed or not, into the folder `target`; owners are those of the archive.
    package func copy(
        archive source: borrowing FileDescriptor, to target: CopyPlace
    ) throws(ContainerError) -> Copied {
        if try isFile(target) {
            throw ContainerError(.invalid, "\(target.path) is not a folder: an archive is unpacked into one")
        }
        let passage = try CopyPassage(layout.building)
        do throws(ImageError) {
            try RootArchive.unpack(source, named: "standard input", into: passage.path, isStream: true)
        } catch { throw ContainerError(.failed, "cannot unpack the archive: \(error)") }
        return try copy(
            from: .host(passage.path + "/."), to: target, keepOwners: SubordinateUsers.areThere,
            failing: "cannot unpack the archive into \(target.path)")
    }
}

/// A folder for files on their way, for nobody else to look into; gone when this is. After a crash the next `create`
/// sweeps it, by the process in its name.
private struct CopyPassage: ~Copyable {
    private let folder: String
    let path: String

    init(_ building: String) throws(ContainerError) {
        let folder = "\(building)/copy-\(UInt32.random(in: .min ... .max))-\(getpid())"
        self.folder = folder
        path = "\(folder)/files"
        let path = self.path
        try explaining { () throws(SystemCallError) in
            try Files.makeDirectories(folder)
            try systemCall("change the mode of", folder) { chmod(folder, 0o700) }
            try Files.makeDirectories(path)
        }
    }

    deinit { try? Files.removeTree(folder) }
}
