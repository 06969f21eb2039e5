import Glibc
import Linux

/// What programs load while they run, and name nowhere in their ELF files.
extension Packing {
    mutating func putCompanions() throws(ImageError) {
        let libraries = tree.nodes.keys.map { String(decoding: $0, as: UTF8.self) }.filter { $0.contains(".so") }
        func has(_ prefix: String) -> String? {
            libraries.filter { ($0.split(separator: "/").last ?? "").hasPrefix(prefix) }.min()
        }
        if let terminal = has("libtinfo.so") ?? has("libncurses") { try putTerminals(of: terminal) }
        if let libc = has("libc.so.6") { try putNameServices(of: libc) }
    }

    /// Descriptions of the terminals that people have.
    private mutating func putTerminals(of library: String) throws(ImageError) {
        let reason = "read by \(library)"
        let names = [
            "ansi", "dumb", "linux", "screen", "screen-256color", "tmux", "tmux-256color", "vt100", "xterm",
            "xterm-256color",
        ]
        for name in names {
            guard let first = name.first else { continue }
            for folder in ["/lib/terminfo", "/usr/share/terminfo", "/etc/terminfo"] {
                let path = "\(folder)/\(first)/\(name)"
                if Files.exists(path), try putFromHost(path, reason: reason, cause: library) != nil { break }
            }
        }
    }

    /// Before glibc 2.34, `files` and `dns` of nsswitch.conf were libraries of their own, loaded by getpwnam(3) and
    /// getaddrinfo(3).
    private mutating func putNameServices(of libc: String) throws(ImageError) {
        guard let real = FileTree.resolved(libc), let bytes = try? Files.read(real) else { return }
        if bytes.contains(sequence: Array("GLIBC_2.34\0".utf8)) { return }
        let folder = real.lastIndex(of: "/").map { String(real[..<$0]) } ?? ""
        for name in ["libnss_files.so.2", "libnss_dns.so.2"] {
            let path = "\(folder)/\(name)"
            guard Files.exists(path),
                let found = try putFromHost(
                    path, reason: "loaded by \(libc) to look up names", cause: libc),
                let file = try ELFFile.read(found)
            else { continue }
            try putLibraries(of: path, file, isProgram: false)
        }
    }

    /// The certificates that TLS libraries trust, under the name that most look for.
    mutating func putCertificates() throws(ImageError) {
        let places = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        guard let found = places.first(where: Files.exists), let real = FileTree.resolved(found),
            let status = FileTree.status(Array(real.utf8))
        else {
            throw .unsuitable(places[0], reason: "this host has no CA certificates; install ca-certificates")
        }
        let node = FileTree.file(Array(real.utf8), status, reason: "asked for with --ca-certificates")
        try put(Array(places[0].utf8), node)
        try put("/etc/ssl/cert.pem", .link(to: Array("certs/ca-certificates.crt".utf8)), 0o777, node.reason)
    }

    /// The cache by which the loader finds libraries outside of its default folders.
    mutating func putLoaderCache() throws(ImageError) {
        let bytes = LoaderCache.bytes(for: cached)
        try put(
            "/etc/ld.so.cache", .bytes(bytes), 0o644,
            "leads the loader to \(cached.values.sorted().joined(separator: ", "))")
    }
}

extension [UInt8] {
    /// Whether `part` lies anywhere in this; see memmem(3).
    func contains(sequence part: [UInt8]) -> Bool { firstPlace(of: part) != nil }

    /// Where `part` lies in this first.
    func firstPlace(of part: [UInt8]) -> Int? {
        guard let first = part.first else { return 0 }
        return withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            var start = 0
            while start < bytes.count, let found = memchr(base + start, Int32(first), bytes.count - start) {
                let place = UnsafeRawPointer(found) - base
                if bytes[place...].starts(with: part) { return place }
                start = place + 1
            }
            return nil
        }
    }
}
