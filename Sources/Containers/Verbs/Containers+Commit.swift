import Glibc
import Images
import Linux
import OCI
import Records

extension Containers {
    /// Makes an image of a container's changes, on top of the image that it was made from; of one that runs in a plain
    /// folder, of all of the folder. The image is run as the container is: what the person gave it at its making is laid
    /// over what its own image says, and `request.change` over that.
    ///
    /// - Parameter pausing: one that runs is paused meanwhile, so that what is kept is of one moment; one that cannot be
    ///   paused runs on, with a warning.
    package func commit(
        _ reference: String, _ request: CommitRequest, pausing: Bool = true
    ) throws(ContainerError) -> Image {
        let record = try find(reference)
        var laid = request
        laid.change = { [asked = record.asked, ports = record.network?.ports ?? []] process in
            // Records of older versions do not say what was asked for: the image's own, then.
            if let asked { process.take(asked) }
            process.expose(ports)
            request.change(&process)
        }
        var standstill: Standstill?
        defer { standstill.take()?.end() }
        if pausing, case .running = files.state(of: record.id).status {
            do throws(ContainerError) {
                standstill = try hold(record)
            } catch {
                guard error.kind == .unsupported else { throw error }
                warn("\(error); what it writes meanwhile may be in the image by half")
            }
        }
        do throws(ImageError) {
            switch record.rootfs {
            case .directory(let path):
                return try images.commit(folder: path, on: nil, request: laid, leavingOut: { _ in false })
            case .layers(_, let upper, _):
                guard let digest = record.imageDigest.flatMap({ Digest($0) }) else {
                    throw .damaged("container \(record.name)", reason: "it does not say which image it was made from")
                }
                // What boxtop has made to mount things on is no change of the container's.
                let added = try madeForMounts(record)
                return try images.commit(folder: upper, on: digest, request: laid) { added.contains($0) }
            }
        } catch { throw ContainerError(error).withExitCode(1) }
    }

    /// Paths of a container's writable layer that are there for what is mounted on them alone.
    package func madeForMounts(_ record: ContainerRecord) throws(ImageError) -> Set<String> {
        guard case .layers(_, let upper, _) = record.rootfs else { return [] }
        do throws(ContainerError) {
            let kept = Set(try changes(record.id).map(\.path))
            let root = LayeredRoot(layers: [upper])
            let mounted = try mountPoints(record)
            return SubordinateUsers.asRoot {
                var out: Set<String> = []
                for mount in mounted {
                    var path = mount
                    while path != "/", !path.isEmpty {
                        if !kept.contains(path), (try? root.status(Array(path.utf8), layer: 0)) != nil {
                            out.insert(path)
                        }
                        path = Paths.parent(path)
                    }
                }
                return out
            }
        } catch { throw .damaged("container \(record.name)", reason: error.description) }
    }
}
