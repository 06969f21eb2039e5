import Linux

/// All that the loader opens to start a program: its libraries, theirs, and so on.
struct LibraryWalk {
    /// Something that the loader opens.
    struct Library: Hashable {
        let path: String
        /// What needs it.
        let neededBy: String
        let needsConfiguration: Bool
    }

    let search: LibrarySearch

    /// The libraries of the program or library at `path`, in the order in which the loader finds them.
    ///
    /// - Parameter onMissing: gets each that is nowhere; what it throws ends the walk.
    func libraries(
        of path: String, _ file: ELFFile, onMissing: (ImageError) throws(ImageError) -> Void
    ) throws(ImageError) -> [Library] {
        var found: [Library] = []
        // A library is loaded once under each of its names; DT_SONAME is one.
        var known: Set<String> = []
        var queue = [LibrarySearch.Object(path: path, file: file, chain: [(path, file)])]
        var next = 0
        while next < queue.count {
            let object = queue[next]
            next += 1
            for name in object.file.needed where known.insert(name).inserted {
                // The loader itself is there already, under its own name.
                let finding: LibrarySearch.Finding
                do throws(ImageError) { finding = try search.find(name, for: object) } catch {
                    try onMissing(error)
                    continue
                }
                if let soname = finding.file.soname { known.insert(soname) }
                found.append(
                    Library(path: finding.path, neededBy: object.path, needsConfiguration: finding.needsConfiguration))
                queue.append(
                    LibrarySearch.Object(
                        path: finding.path, file: finding.file, chain: object.chain + [(finding.path, finding.file)]))
            }
        }
        return found
    }
}
