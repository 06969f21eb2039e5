import ArgumentParser
import Glibc
import Images
import OCI
import Rendering

struct ImagePack: WritingVerb {
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
    var name: String?
    @Option(
        name: .long, help: "A file or folder of this host, and where it goes: PATH[:DEST].", completion: .file())
    var add: [String] = []
    @Flag(name: .customLong("ca-certificates"), help: "The certificates that this host trusts.")
    var certificates = false
    @OptionGroup var options: ImageOptions
    @Flag(name: .long, help: "Leave out symbols and debug information.")
    var strip = false
    @Option(name: .long, help: "Pack programs of this image in place of the host's.", completion: .images)
    var from: String?
    @Flag(name: .customLong("dry-run"), help: "Only say what would be in it, and why, as a tree.")
    var dryRun = false
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "Programs, names or paths; after --, arguments of the first.", completion: .file())
    var words: [String]

    func run(in context: Context) throws -> Int32 {
        let (programs, arguments) = Self.split(words, of: CommandLine.arguments)
        guard !programs.isEmpty else { throw Failure("pack wants at least one program before --") }
        // What is only looked at needs no name.
        guard let name = name ?? (dryRun ? "packed" : nil) else {
            throw Failure("pack wants a name for the image: --tag NAME", code: 64)
        }
        var request = PackRequest(name: try Reference(name), programs: programs)
        request.additions = try add.map(Self.addition)
        request.environment = try options.variables(in: context)
        request.workingDirectory = try options.checkedWorkdir()
        request.user = options.user
        request.entrypoint = options.entrypointWords
        request.arguments = arguments
        request.labels = try options.parsedLabels()
        request.withCertificates = certificates
        request.strips = strip
        request.from = from
        let path = context.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        request.path += path.filter { $0.hasPrefix("/") && !request.path.contains($0) }
        request.epoch = try ImageOptions.epoch(in: context)
        request.compression = options.compression

        let report = try context.images.pack(request, dryRun: dryRun)
        for note in report.notes { Stream.error.say("boxtop: note: \(note)") }
        if dryRun {
            Stream.output.write(PackTree(report).text + Self.comparison(report, request))
        } else if let digest = report.digest {
            Stream.output.say(quiet ? digest.description : Self.summary(report, request, digest.description))
            if !quiet { Stream.output.write(Self.comparison(report, request)) }
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

    /// How much of a whole system that is.
    private static func comparison(_ report: PackReport, _ request: PackRequest) -> String {
        guard let whole = report.wholeSize, whole > 0 else { return "" }
        let share = Double(report.unpackedSize) / Double(whole) * 100
        let other = request.from.map { "\($0) has" } ?? "a distribution's image with the same has"
        let percent = share < 10 ? Human.fixed(share, 1) : Human.fixed(share, 0)
        return "\(byteCount(report.unpackedSize)) unpacked; \(other) \(byteCount(whole)): \(percent) % of it\n"
    }
}
