import Glibc
import Linux
import Records

/// Named volumes: folders under `Layout.volumes`, made at first use with what the image has in that place.
struct Volumes {
    let layout: Layout

    /// What one request has become.
    struct Resolved {
        var mount: Mount
        /// For a volume of ours, not for a folder of the host.
        var use: VolumeUse?
        /// Made by this call: to be taken away where the container does not come about.
        var made: String?

        enum Mount {
            case folder(Bundle.Volume)
            case memory(TmpfsRequest)
        }

        init(_ path: String, _ request: VolumeRequest, use: VolumeUse? = nil, made: String? = nil) {
            self.init(.folder(.init(path: path, request: request)), use: use, made: made)
        }

        init(_ mount: Mount, use: VolumeUse?, made: String? = nil) {
            (self.mount, self.use, self.made) = (mount, use, made)
        }
    }

    /// Finds or makes what `request` names. `root` is the image's file system, for the first content of a new volume.
    ///
    /// - Parameter isUnused: whether no container was made with a volume that is there and empty.
    func resolve(
        _ request: VolumeRequest, root: LayeredRoot, isUnused: (String) -> Bool = { _ in false }
    ) throws(ContainerError) -> Resolved {
        switch request.source {
        case .path(let path, let create):
            return Resolved(try folder(path, create: create), request)
        case .named(let name):
            let use = VolumeUse(name: name, destination: request.destination, anonymous: false)
            if let options = try VolumeRecord.read(name, in: layout)?.options {
                return Resolved(try mount(of: try VolumeContent(options), request), use: use)
            }
            let made = try make(name, copying: request.copy ? request.destination : nil, of: root)
            if !made, request.copy { try fill(name, request.destination, root, isUnused) }
            return Resolved(layout.volumeData(name), request, use: use, made: made ? name : nil)
        case .anonymous:
            let name = ContainerID.random()
            _ = try make(name, copying: request.copy ? request.destination : nil, of: root)
            return Resolved(
                layout.volumeData(name), request,
                use: VolumeUse(name: name, destination: request.destination, anonymous: true), made: name)
        }
    }

    /// What a container gets of a volume that has no folder of its own.
    private func mount(of content: VolumeContent, _ request: VolumeRequest) throws(ContainerError) -> Resolved.Mount {
        switch content {
        case .memory(let options):
            return .memory(TmpfsRequest(at: request.destination, options: options + (request.readOnly ? ["ro"] : [])))
        case .folder(let path, let options):
            var request = request
            request.recursive = options.recursive
            request.readOnly = request.readOnly || options.readOnly
            request.propagation = request.propagation ?? options.propagation
            return .folder(.init(path: try folder(path, create: false), request: request))
        }
    }

    /// The folder of the host at `path`, made where it is missing and `create` says so, as `docker -v` does.
    private func folder(_ path: String, create: Bool) throws(ContainerError) -> String {
        if Files.exists(path) { return path }
        guard create else {
            throw ContainerError(.notFound, "cannot mount \(path): there is no such file or folder on this host")
        }
        try explaining("cannot mount \(path)") { () throws(SystemCallError) in try Files.makeDirectories(path) }
        return path
    }

    /// Makes the empty volume `name`; `false` where there is one.
    ///
    /// - Parameter record: its `volume.json`.
    func make(_ name: String, record: [UInt8]? = nil) throws(ContainerError) -> Bool {
        try make(name, copying: nil, of: LayeredRoot(layers: []), record: record)
    }

    /// Makes volume `name` where there is none: filled under another name first, so that nobody sees half of it.
    private func make(
        _ name: String, copying source: String?, of root: LayeredRoot, record: [UInt8]? = nil
    ) throws(ContainerError) -> Bool {
        let final = "\(layout.volumes)/\(name)"
        if Files.exists(layout.volumeData(name)) { return false }
        return try explaining("cannot make volume \(name)") { () throws(SystemCallError) in
            let temporary = "\(layout.building)/volume-\(name)-\(getpid())"
            // What a container's root puts into one may become root: not for this host's users to run.
            try Files.makeDirectories(layout.volumes, mode: 0o700)
            try Files.removeTree(temporary)
            try Files.makeDirectories("\(temporary)/_data")
            do throws(SystemCallError) {
                if let source {
                    try SubordinateUsers.asRoot { () throws(SystemCallError) in
                        try TreeCopy.copy(source, of: root, into: "\(temporary)/_data")
                    }
                }
                if let record { try Files.replace("\(temporary)/volume.json", with: record) }
                try systemCall("rename", temporary) { rename(temporary, final) }
            } catch {
                try? Files.removeTree(temporary)
                // Somebody else made it meanwhile: theirs counts.
                if Files.exists(layout.volumeData(name)) { return false }
                throw error
            }
            return true
        }
    }

    /// Gives a volume that `volume create` has made, and nobody has used, its first content: put together beside it, and
    /// there in one step. One that has something in it stays as it is.
    private func fill(
        _ name: String, _ source: String, _ root: LayeredRoot, _ isUnused: (String) -> Bool
    ) throws(ContainerError) {
        let data = layout.volumeData(name)
        guard let there = try? Files.names(in: data), there.isEmpty, let found = try? root.find(source),
            found.isDirectory, isUnused(name)
        else { return }
        try explaining("cannot fill volume \(name)") { () throws(SystemCallError) in
            let temporary = "\(layout.building)/volume-\(name)-\(getpid())"
            try Files.removeTree(temporary)
            try Files.makeDirectories(temporary)
            defer { try? Files.removeTree(temporary) }
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                try TreeCopy.copy(source, of: root, into: temporary)
                // A folder may take an empty one's place; if somebody has put something there by now, theirs counts.
                if rename(temporary, data) != 0, Errno.current != .exists, Errno.current != .notEmpty {
                    throw SystemCallError("fill", data, errno: .current)
                }
            }
        }
    }
}
