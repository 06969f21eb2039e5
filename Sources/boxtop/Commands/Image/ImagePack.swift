import ArgumentParser
import Glibc
import Images
import OCI

struct ImagePack: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "pack", "Make an image of programs of this host, with all that they need and nothing else.",
        example: "boxtop image pack -t web --ca-certificates --add /etc/nginx nginx -- -g 'daemon off;'",
        usage: "-t NAME [OPTION ...] PROGRAM ... [-- ARGUMENT ...]",
        discussion: """
            Names are looked for where a container's PATH leads, then along PATH. With a program come its loader, its \
            shared libraries and the interpreter of its #! line; busybox brings a link for each applet. What a program \
            reads while it runs, its modules say, is brought by --add; libraries of what is added come along. The first \
            PROGRAM is what the image runs, with the ARGUMENTs. The same files give the same digest.
            """)

    @Option(name: .joined("t", "tag"), help: "The image's name: NAME or NAME:TAG.")
    var name: String
    @Option(
        name: .long, help: "A file or folder of this host, and where it goes: PATH[:DEST].", completion: .file())
    var add: [String] = []
    @Flag(name: .customLong("ca-certificates"), help: "The certificates that this host trusts.")
    var certificates = false
    @OptionGroup var options: ImageOptions
    @Flag(name: .customLong("dry-run"), help: "Only say what would be in it, and why.")
    var dryRun = false
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "Programs, names or paths; after --, arguments of the first.", completion: .file())
    var words: [String]

    func run(in context: Context) throws -> Int32 {
        let (programs, arguments) = Self.split(words, of: CommandLine.arguments)
        guard !programs.isEmpty else { throw Failure("pack wants at least one program before --") }
        var request = PackRequest(name: try Reference(name), programs: programs)
        request.additions = try add.map(Self.addition)
        request.environment = try options.variables(in: context)
        request.workingDirectory = try options.checkedWorkdir()
        request.user = options.user
        request.entrypoint = options.entrypointWords
        request.arguments = arguments
        request.labels = try options.parsedLabels()
        request.withCertificates = certificates
        let path = context.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        request.path += path.filter { $0.hasPrefix("/") && !request.path.contains($0) }
        request.epoch = try ImageOptions.epoch(in: context)
        request.compression = options.compression

        let report = try context.images.pack(request, dryRun: dryRun)
        for note in report.notes { Stream.error.say("boxtop: note: \(note)") }
        if dryRun {
            Stream.output.write(Self.listing(report))
        } else if let digest = report.digest {
            Stream.output.say(quiet ? digest.description : Self.summary(report, request, digest.description))
        }
        return 0
    }

    /// The words before `--` and those after. The parser drops the `--`, and takes no second list of words after one, so
    /// that the whole command line must say how many there are.
    private static func split(_ words: [String], of line: [String]) -> (programs: [String], arguments: [String]) {
        let count = line.firstIndex(of: "--").map { line.count - $0 - 1 } ?? 0
        return (words.dropLast(count), words.suffix(min(count, words.count)))
    }

    /// `PATH[:DEST]`; a colon counts where a slash follows it.
    private static func addition(_ text: String) throws -> PackRequest.Addition {
        guard !text.isEmpty else { throw Failure("--add wants PATH or PATH:DEST") }
        guard let colon = text.lastIndex(of: ":"), text[text.index(after: colon)...].hasPrefix("/"),
            colon != text.startIndex
        else { return .init(source: text) }
        return .init(source: String(text[..<colon]), destination: String(text[text.index(after: colon)...]))
    }

    private static func summary(_ report: PackReport, _ request: PackRequest, _ digest: String) -> String {
        let names = request.programs.map { String($0.split(separator: "/").last ?? "") }
        let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
        return "packed \(request.name)  \(digest)  \(byteCount(report.size))  \(report.fileCount) files (\(shown))"
    }

    private static func listing(_ report: PackReport) -> String {
        var text = ""
        for file in report.files {
            switch file.kind {
            case .folder: continue
            case .link(let target): text += "\(printable("\(file.path) -> \(target)"))  (\(file.reason))\n"
            case .file: text += "\(printable(file.path))  \(byteCount(file.size))  (\(file.reason))\n"
            }
        }
        return text + "\(report.fileCount) files, \(byteCount(report.unpackedSize)) unpacked\n"
    }
}
