import Glibc
import Linux

extension ImageStore {
    /// Takes away what process `process`, which writes no more, has half made: blobs that it had begun, and layers that
    /// nobody is unpacking. A download stays, to be gone on with; what is whole is the next prune's.
    package func sweep(of process: pid_t) {
        for name in (try? Files.names(in: ingest)) ?? [] where name.hasPrefix("\(process)-") {
            unlink("\(ingest)/\(name)")
        }
        for name in (try? Files.names(in: layers)) ?? [] where name.hasPrefix(".") && name.hasSuffix(".partial") {
            let path = "\(layers)/\(name)"
            guard let folder = try? lockedFolder(path, isPatient: false) else { continue }
            try? Files.removeTree(path)
            _ = folder.number
        }
    }
}
