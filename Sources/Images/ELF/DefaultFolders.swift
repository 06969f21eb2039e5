import Linux

/// The folders that are built into a loader.
struct DefaultFolders {
    let folders: [String]
    /// musl's loader knows no cache.
    let isMusl: Bool

    /// Those of the loader that will load `object`.
    static func of(_ object: LibrarySearch.Object) -> DefaultFolders {
        let interpreter = object.chain.lazy.compactMap(\.file.interpreter).first ?? ""
        if interpreter.contains("/ld-musl-") {
            let name = interpreter.split(separator: "/").last.map { $0.split(separator: ".")[0] } ?? ""
            let listed = Files.text("/etc/\(name).path")?.split(whereSeparator: { $0 == ":" || $0 == "\n" })
            return DefaultFolders(
                folders: listed?.map(String.init) ?? ["/lib", "/usr/local/lib", "/usr/lib"], isMusl: true)
        }
        let triplet = triplet(of: object.file)
        let wide = object.file.bits == 64 ? ["/lib64", "/usr/lib64"] : []
        return DefaultFolders(
            folders: ["/lib/\(triplet)", "/usr/lib/\(triplet)"] + wide + ["/lib", "/usr/lib"], isMusl: false)
    }

    /// Debian's name of a system, as in `/usr/lib/x86_64-linux-gnu`.
    static func triplet(of file: ELFFile) -> String {
        switch file.architecture {
        case "amd64": "x86_64-linux-gnu"
        case "386": "i386-linux-gnu"
        case "arm64": "aarch64-linux-gnu"
        case "arm": "arm-linux-gnueabihf"
        case "ppc64le": "powerpc64le-linux-gnu"
        case "loong64": "loongarch64-linux-gnu"
        default: "\(file.architecture ?? "unknown")-linux-gnu"
        }
    }

    /// What the loader puts for $PLATFORM: AT_PLATFORM of getauxval(3), as far as the file tells.
    static func platform(of file: ELFFile) -> String {
        switch file.architecture {
        case "amd64": "x86_64"
        case "386": "i686"
        case "arm64": "aarch64"
        default: file.architecture ?? "unknown"
        }
    }
}
