import Linux
import Testing

/// A suite that builds the image `made` from `base`, and runs it.
protocol BuildsImages {
    /// With the image `base` and the folder `ctx`.
    var place: CommandLinePlace { get }
}

extension BuildsImages {
    static func newPlace() throws -> CommandLinePlace {
        let place = try CommandLinePlace()
        let made = place.run("image", "import", "-q", "-e", "PATH=/bin", place.rootfs, "base")
        try #require(made.code == 0, "\(made.error)")
        try Files.makeDirectories("\(place.folder)/ctx")
        return place
    }

    /// Writes files of the folder that it is built from.
    func put(_ files: [String: String]) throws {
        for (name, text) in files {
            let path = "\(place.folder)/ctx/\(name)"
            try Files.makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
            try Files.replace(path, with: text.utf8, durable: false)
        }
    }

    /// Builds by the Containerfile `text`.
    func build(_ text: String, _ options: String...) -> CommandLinePlace.Ended {
        place.run(["build", "-t", "made", "-f", "-"] + options + ["\(place.folder)/ctx"], input: text)
    }

    func run(_ words: String...) -> String { place.run(["run", "--rm", "made"] + words).output }
}
