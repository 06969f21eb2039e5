import CLinux
import Glibc
import Images
import Linux
import Records

extension Containers {
    /// Writes a container's files to the open file `target` as a tar archive: image and changes joined, without what is
    /// mounted over them. Of a container that runs, as they are while they are read.
    package func export(_ reference: String, to target: borrowing FileDescriptor) throws(ContainerError) {
        let record = try find(reference)
        let folder = try layers(of: record, writing: false)
        do throws(ImageError) {
            try RootArchive.write("/proc/self/fd/\(folder.number)", to: target)
        } catch { throw ContainerError(.failed, "cannot export container \(record.name): \(error)") }
        _ = folder.number
    }
}
