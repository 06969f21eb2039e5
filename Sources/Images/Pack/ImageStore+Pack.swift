import Glibc
import JSON
import Linux
import OCI

extension ImageStore {
    /// Makes an image of programs of the host with all that they need, and nothing else.
    ///
    /// The same files give the same digest: they are sorted, belong to root and have one time.
    ///
    /// - Parameter dryRun: only says what would be in it.
    package func pack(_ request: PackRequest, dryRun: Bool = false) throws(ImageError) -> PackReport {
        let adding = try lock(.adding)
        defer { _ = adding.number }
        // Loaded now: in another root its own would be found.
        let blob = try NewBlob(in: self)
        let archive = try ArchiveWriter(blob.file, named: "the new layer", compression: request.compression)
        let (packing, wholeSize) = try inRoot(of: request.from) { () throws(ImageError) in
            let packing = try Packing(request)
            if !dryRun { try packing.tree.write(to: archive, seconds: request.epoch) }
            return (packing, request.from == nil ? Distribution()?.size(for: packing.programs) : nil)
        }
        var report = Self.report(packing)
        report.wholeSize = wholeSize
        if let from = request.from {
            report.wholeSize = try unpack(try resolve(from)).reduce(0) { $0 + DiskUsage.bytes(below: $1) }
        }
        if dryRun { return report }
        let sums = try archive.finish()
        try blob.commit(as: sums.compressed, in: self)
        let descriptor = ContentDescriptor(
            mediaType: request.compression.mediaType, digest: sums.compressed, size: sums.compressedSize)
        try note(descriptor, as: sums.plain)
        let configuration = try Self.configuration(packing, layer: sums.plain)
        let image = try putImage(configuration, layers: [descriptor], reference: request.name)
        report.digest = image.manifest.digest
        report.size = image.configurationSize + descriptor.size
        return report
    }

    /// Adds configuration and manifest, and gives the image its name. Hold a lock for adding.
    func putImage(
        _ configuration: ImageConfiguration, layers: [ContentDescriptor], annotations: [String: String] = [:],
        reference: Reference?
    ) throws(ImageError) -> (manifest: ContentDescriptor, configurationSize: Int64) {
        let config = try put(try encode(configuration), mediaType: MediaType.configuration)
        let manifest = ImageManifest(
            config: config, layers: layers, annotations: annotations.isEmpty ? nil : annotations)
        var descriptor = try put(try encode(manifest), mediaType: MediaType.manifest)
        descriptor.platform = configuration.platform
        if let reference { try give(reference, to: descriptor) }
        return (descriptor, config.size)
    }

    func encode(_ value: some Encodable) throws(ImageError) -> [UInt8] {
        do { return try JSON.encode(value) } catch {
            throw .damaged("a new document", reason: error.description)
        }
    }

    private static func configuration(_ packing: Packing, layer: Digest) throws(ImageError) -> ImageConfiguration {
        let request = packing.request
        guard let first = packing.programs.first else { throw .noProgram("to pack", searched: []) }
        var process = ImageConfiguration.Process()
        process.env = environment(packing)
        process.workingDir = request.workingDirectory
        process.user = request.user
        process.entrypoint = request.entrypoint
        process.labels = request.labels.isEmpty ? nil : request.labels
        if request.entrypoint == nil {
            process.cmd = [first] + request.arguments
        } else if !request.arguments.isEmpty {
            process.cmd = request.arguments
        }
        let time = Timestamp(nanoseconds: UInt64(max(0, request.epoch)) * 1_000_000_000).description
        var platform = Platform.host
        if let architecture = packing.architecture { platform = Platform(architecture: architecture) }
        var configuration = ImageConfiguration(platform: platform, config: process, layers: [layer], created: time)
        configuration.history = [
            .init(created: time, createdBy: "boxtop image pack \(request.programs.joined(separator: " "))")
        ]
        return configuration
    }

    /// PATH with the folders of programs that lie elsewhere, then what the person gave.
    private static func environment(_ packing: Packing) -> [String] {
        var path = PackRequest.standardPath
        for program in packing.programs {
            guard let slash = program.lastIndex(of: "/") else { continue }
            let folder = String(program[..<slash])
            if !path.contains(folder) { path.append(folder) }
        }
        let given = packing.request.environment
        let standard = given.contains { $0.hasPrefix("PATH=") } ? [] : ["PATH=\(path.joined(separator: ":"))"]
        return standard + given
    }

    private static func report(_ packing: Packing) -> PackReport {
        var report = PackReport()
        report.notes = packing.notes
        report.fileCount = packing.tree.fileCount
        report.files = packing.tree.sorted().map { path, node in
            let text = String(decoding: path, as: UTF8.self)
            let cause = node.cause.map { String(decoding: $0, as: UTF8.self) }
            switch node.content {
            case .folder: return .init(path: text, kind: .folder, size: 0, reason: node.reason)
            case .copy(_, let size), .cut(_, let size, _):
                return .init(path: text, kind: .file, size: size, reason: node.reason, cause: cause)
            case .bytes(let bytes):
                return .init(path: text, kind: .file, size: Int64(bytes.count), reason: node.reason)
            case .link(let target):
                let target = String(decoding: target, as: UTF8.self)
                return .init(path: text, kind: .link(to: target), size: 0, reason: node.reason)
            }
        }
        report.unpackedSize = report.files.reduce(0) { $0 + $1.size }
        return report
    }
}
