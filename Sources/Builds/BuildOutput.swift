import Containers
import Glibc
import Images
import Linux
import OCI

/// Where the files of what is built go, beside the store: `build --output`.
package enum BuildOutput: Hashable, Sendable {
    /// As they are, in a folder.
    case folder(String)
    /// As a tar archive; `-` is standard output.
    case tar(String)
    /// The image, for other tools.
    case image(String, SaveFormat)
}

extension Builder {
    /// Writes `image`, which was just built, to `output`.
    package func export(_ image: Image, to output: BuildOutput) throws(BuildError) {
        switch output {
        case .image(let path, let format):
            let name = image.digest.description
            try explained { () throws(ImageError) in
                try images.save(request.names.isEmpty ? [name] : request.names.map(\.description), to: path, as: format)
            }
        case .folder(let path):
            let root = try files(of: image)
            try explainedSystem { () throws(SystemCallError) in
                try Files.makeDirectories(path)
                let folder = try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY)
                // Whoever builds has them: a set-user-id file of the image's root would be the host's root's.
                var transfer = TreeTransfer(owner: .caller)
                try SubordinateUsers.asRoot { () throws(SystemCallError) in
                    try transfer.copyContents(of: root, to: folder)
                }
            }
        case .tar("-"):
            let target = try explainedSystem { () throws(SystemCallError) in try FileDescriptor.standardOutput() }
            try archive(image, to: target)
        case .tar(let path):
            var target = try explainedSystem { () throws(SystemCallError) in try FileReplacement(of: path) }
            try archive(image, to: target.file)
            do throws(SystemCallError) { try target.keep() } catch { throw BuildError("\(error)") }
        }
    }

    private func archive(_ image: Image, to target: borrowing FileDescriptor) throws(BuildError) {
        let root = try files(of: image)
        do throws(ImageError) { try RootArchive.write("/proc/self/fd/\(root.number)", to: target) } catch {
            throw BuildError("\(error)")
        }
    }

    private func files(of image: Image) throws(BuildError) -> FileDescriptor {
        let folders = try explained { () throws(ImageError) in try images.folders(of: ImageDraft(image)) }
        let place = try BuildPlace(containers.layout)
        let path = place.path
        return try explainedSystem { () throws(SystemCallError) in
            if folders.isEmpty { return try .open("\(path)/upper", flags: O_RDONLY | O_DIRECTORY) }
            return try JoinedLayers.open(folders, at: "\(path)/root")
        }
    }
}
