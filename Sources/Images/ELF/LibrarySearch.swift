import Linux

/// Where the dynamic loader finds a library: ld.so(8), "Description". `LD_LIBRARY_PATH` is not looked at: the container
/// will not have it.
struct LibrarySearch {
    private let cache: LoaderCache
    private let configured: [String]
    private let memory = Memory()

    /// What has been read: libraries are shared, and a folder of plugins asks for the same ones again and again.
    private final class Memory {
        var files: [String: ELFFile?] = [:]
    }

    /// - Parameter root: put before `/etc`; for tests.
    init(root: String = "") {
        cache = LoaderCache((try? Files.read("\(root)/etc/ld.so.cache")) ?? [])
        configured = LoaderConfiguration.folders("\(root)/etc/ld.so.conf")
    }

    /// A program or a library on its way through the loader.
    struct Object {
        let path: String
        let file: ELFFile
        /// Those that led to it, itself last, the program first.
        let chain: [(path: String, file: ELFFile)]
    }

    /// Where a library was found, and how.
    struct Finding {
        let path: String
        let file: ELFFile
        /// Only the cache or the configuration leads to it, not a default folder or the object itself.
        let needsConfiguration: Bool
    }

    /// The file that the loader takes for `name` when `object` needs it; throws `missingLibrary` with the folders.
    func find(_ name: String, for object: Object) throws(ImageError) -> Finding {
        if name.contains("/") {
            if let file = fitting(name, object.file) {
                return Finding(path: name, file: file, needsConfiguration: false)
            }
            throw .missingLibrary(name, neededBy: object.path, searched: ["the place that it names"])
        }
        var searched: [String] = []
        func look(in folders: [String]) -> (String, ELFFile)? {
            for folder in folders where !searched.contains(folder) {
                searched.append(folder)
                let path = "\(folder)/\(name)"
                if let file = fitting(path, object.file) { return (path, file) }
            }
            return nil
        }
        if let (path, file) = look(in: ownFolders(of: object)) {
            return Finding(path: path, file: file, needsConfiguration: false)
        }
        if object.file.skipsDefaultFolders {
            throw .missingLibrary(name, neededBy: object.path, searched: searched)
        }
        let defaults = DefaultFolders.of(object)
        // The loader asks the cache first, so what it says is what runs on this host.
        if !defaults.isMusl {
            for path in cache.paths[name] ?? [] {
                guard let file = fitting(path, object.file) else { continue }
                let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
                return Finding(path: path, file: file, needsConfiguration: !defaults.folders.contains(folder))
            }
        }
        if let (path, file) = look(in: defaults.folders) {
            return Finding(path: path, file: file, needsConfiguration: false)
        }
        if !defaults.isMusl, let (path, file) = look(in: configured) {
            return Finding(path: path, file: file, needsConfiguration: true)
        }
        throw .missingLibrary(name, neededBy: object.path, searched: searched)
    }

    /// DT_RUNPATH of the object alone, or, where it has none, DT_RPATH of it and of those that led to it.
    private func ownFolders(of object: Object) -> [String] {
        if !object.file.runpath.isEmpty { return expand(object.file.runpath, of: object.path, object.file) }
        return object.chain.reversed().flatMap { link in
            link.file.runpath.isEmpty ? expand(link.file.rpath, of: link.path, link.file) : []
        }
    }

    /// Replaces $ORIGIN, $LIB and $PLATFORM. $LIB is one of several, by distribution: all are tried.
    private func expand(_ folders: [String], of path: String, _ file: ELFFile) -> [String] {
        let origin = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        let platform = DefaultFolders.platform(of: file)
        let libraries = ["lib/\(DefaultFolders.triplet(of: file))", file.bits == 64 ? "lib64" : "lib", "lib"]
        var result: [String] = []
        for folder in folders {
            let fixed = folder.replacing("ORIGIN", with: origin).replacing("PLATFORM", with: platform)
            let variants = fixed.hasToken("LIB") ? libraries.map { fixed.replacing("LIB", with: $0) } : [fixed]
            for variant in variants where !result.contains(variant) && variant.hasPrefix("/") { result.append(variant) }
        }
        return result
    }

    private func fitting(_ path: String, _ object: ELFFile) -> ELFFile? {
        let file: ELFFile?
        if let known = memory.files[path] {
            file = known
        } else {
            file = Files.exists(path) ? try? ELFFile.read(path) : nil
            memory.files[path] = .some(file)
        }
        return file.flatMap { object.fits($0) ? $0 : nil }
    }
}

extension String {
    fileprivate func hasToken(_ name: String) -> Bool { contains("$\(name)") || contains("${\(name)}") }

    /// This with `$NAME` and `${NAME}` replaced.
    fileprivate func replacing(_ name: String, with value: String) -> String {
        guard hasToken(name) else { return self }
        var (result, rest) = ("", self[...])
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            let token = ["${\(name)}", "$\(name)"].first(where: rest.hasPrefix)
            result += token == nil ? "$" : value
            rest = rest.dropFirst(token?.count ?? 1)
        }
        return result + rest
    }
}
