import CLinux
import Glibc
import Linux
import OCI

/// Finds all that programs of the host need, and puts it into a tree.
struct Packing {
    let request: PackRequest
    private(set) var tree = FileTree()
    private(set) var notes: [String] = []
    /// The programs' paths, in the order of the request.
    private(set) var programs: [String] = []
    /// Whatever the first program is for.
    private(set) var architecture: String?
    /// Libraries that no default folder of the loader has: it needs its cache for them.
    private(set) var cached: [String: String] = [:]
    private let walk = LibraryWalk(search: LibrarySearch())
    private var done: Set<String> = []

    init(_ request: PackRequest) throws(ImageError) {
        self.request = request
        try putBaseFolders()
        for name in request.programs { programs.append(try putProgram(name, reason: "asked for", depth: 0)) }
        // Each gives way to what is there already: what a person names goes before what is made up.
        for addition in request.additions { try put(addition) }
        for path in programs { try putAppletLinks(of: path) }
        if request.withCertificates { try putCertificates() }
        try putBaseFiles()
        try putCompanions()
        if !cached.isEmpty { try putLoaderCache() }
        if request.strips {
            let saved = try tree.strip()
            if saved == 0 { note("nothing was there to strip") }
        }
    }

    /// Puts in the program `name`, its interpreter and its libraries; gives its path.
    private mutating func putProgram(
        _ name: String, reason: String, cause: String? = nil, depth: Int
    ) throws(ImageError) -> String {
        guard depth < 5 else { throw .unsuitable(name, reason: "scripts start one another more than four deep") }
        let path = try locate(name)
        guard let real = try tree.putFromHost(path, reason: reason, cause: cause) else {
            throw .noProgram(name, searched: [])
        }
        guard done.insert(real).inserted else { return path }
        if let file = try ELFFile.read(real) {
            try putLibraries(of: real, file, isProgram: true)
            if architecture == nil { architecture = file.architecture }
            return path
        }
        let head = try readHead(real)
        guard let script = Script(head) else {
            throw .unsuitable(path, reason: "it is neither an ELF program nor a script that begins with #!")
        }
        guard script.interpreter.hasPrefix("/") else {
            throw .unsuitable(
                path, reason: "the interpreter of its #! line, \(script.interpreter), is no absolute path")
        }
        _ = try putProgram(script.interpreter, reason: "interpreter of \(path)", cause: real, depth: depth + 1)
        if let program = script.program {
            _ = try putProgram(program, reason: "interpreter of \(path)", cause: real, depth: depth + 1)
        }
        return path
    }

    private func locate(_ name: String) throws(ImageError) -> String {
        let candidates = name.contains("/") ? [name] : request.path.map { "\($0)/\(name)" }
        var unfit: String?
        for path in candidates {
            guard let real = FileTree.resolved(path), let status = FileTree.status(Array(real.utf8)) else { continue }
            if status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o111 != 0 {
                // A relative path means the file; its place in the image is the absolute one.
                return path.hasPrefix("/") ? path : real
            }
            unfit = path
        }
        if let unfit { throw .unsuitable(unfit, reason: "it is not an executable file") }
        throw .noProgram(name, searched: name.contains("/") ? [] : request.path)
    }

    private func readHead(_ path: String) throws(ImageError) -> [UInt8] {
        let file = try system { () throws(SystemCallError) in try FileDescriptor.open(path) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let number = file.number
        let count = try system { () throws(SystemCallError) in
            try systemCall("read", path) { read(number, &buffer, buffer.count) }
        }
        return Array(buffer[..<count])
    }

    /// Puts in the loader and the libraries of the ELF file at `path`.
    ///
    /// - Parameter isProgram: something that is missing is an error; for a plugin among added files it is a note.
    mutating func putLibraries(of path: String, _ file: ELFFile, isProgram: Bool) throws(ImageError) {
        if let interpreter = file.interpreter {
            guard try tree.putFromHost(interpreter, reason: "the loader of \(path)", cause: path) != nil else {
                throw .missingLibrary(interpreter, neededBy: path, searched: ["the place that it names"])
            }
        }
        var missing: [String] = []
        let libraries = try walk.libraries(of: path, file) { (error) throws(ImageError) in
            if isProgram { throw error }
            missing.append(error.description)
        }
        notes += missing.filter { !notes.contains($0) }
        for library in libraries {
            try tree.putFromHost(
                library.path, reason: "needed by \(library.neededBy)", cause: library.neededBy)
            if library.needsConfiguration, let name = library.path.split(separator: "/").last {
                cached[String(name)] = library.path
            }
        }
    }
}

extension Packing {
    mutating func put(_ path: String, _ content: FileTree.Content, _ permissions: mode_t, _ reason: String)
        throws(ImageError)
    {
        try tree.put(path, content, permissions: permissions, reason: reason)
    }

    @discardableResult
    mutating func putFromHost(_ path: String, reason: String, cause: String? = nil) throws(ImageError) -> String? {
        try tree.putFromHost(path, reason: reason, cause: cause)
    }

    mutating func put(_ path: [UInt8], _ node: FileTree.Node) throws(ImageError) { try tree.put(path, node) }

    mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }
}
