import Glibc
import Linux
import Records
import TestSupport
import Testing

/// What a signal leaves of a verb that writes: nothing.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct InterruptionTests: BuildsImages {
    let place: CommandLinePlace
    private let out: String

    init() throws {
        place = try Self.newPlace()
        out = "\(place.folder)/out"
        try Files.makeDirectories(out)
        // So large that none of the verbs is through with it when it is interrupted; it takes no room itself.
        for folder in [place.rootfs, "\(place.folder)/ctx"] {
            try Files.replace("\(folder)/large", with: [], durable: false)
            try #require(truncate("\(folder)/large", 8 << 30) == 0)
        }
        try #require(place.run("create", "--rootfs", place.rootfs, "--name", "c", "true").code == 0)
        for folder in [place.layout.building, "\(images)/cache"] { try Files.makeDirectories(folder, mode: 0o700) }
    }

    private var images: String { "\(place.layout.state)/images" }

    /// All that a verb may leave something in.
    private var traces: [String] {
        let folders = [
            out, place.layout.building, place.layout.containers, place.layout.volumes, "\(images)/ingest",
            "\(images)/layers", "\(images)/blobs/sha256", "\(images)/cache",
        ]
        return folders.flatMap { folder in ((try? Files.names(in: folder)) ?? []).sorted().map { "\(folder)/\($0)" } }
    }

    /// Starts the verb, and once it has written or read this many bytes sends it `signal`.
    private func interrupt(_ words: [String], by signal: Int32, after bytes: Int = 64 << 20) throws -> Int32 {
        let process = try #require(
            place.start(words) { actions in
                posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
                let flags = O_WRONLY | O_CREAT | O_TRUNC
                posix_spawn_file_actions_addopen(&actions, 2, "\(place.folder)/error", flags, 0o600)
            })
        #expect(place.eventually { Self.moved(by: process) > bytes })
        kill(process, signal)
        return CommandLinePlace.wait(for: process)
    }

    /// Bytes that `process` has read.
    private static func moved(by process: pid_t) -> Int {
        let line = (Files.text("/proc/\(process)/io") ?? "").split(separator: "\n").first
        return line.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
    }

    private static let verbs: [[String]] = [
        ["cp", "c:/large", "OUT/large"], ["cp", "c:/large", "OUT"], ["cp", "c:/large", "-"],
        ["export", "-o", "OUT/c.tar", "c"], ["commit", "c", "made"], ["image", "import", "ROOT", "made"],
        ["build", "-t", "made", "-f", "ROOT/Containerfile", "CTX"],
        ["image", "pack", "-t", "made", "--add", "ROOT/large:/large", "/bin/busybox"],
    ]

    @Test(arguments: [SIGINT, SIGTERM])
    func `a build that is interrupted in a RUN takes its container along`(signal: Int32) throws {
        try put(["Containerfile": "FROM base\nRUN sleep 100\n"])
        let before = traces
        let builder = try #require(
            place.start(["build", "-q", "-t", "made", "\(place.folder)/ctx"]))
        #expect(place.eventually { StateFiles(place.layout).ids().count == 2 })
        kill(builder, signal)
        #expect(CommandLinePlace.wait(for: builder) == 128 + signal)
        #expect(traces == before && StateFiles(place.layout).ids().count == 1)
    }

    @Test(arguments: verbs, [SIGINT, SIGTERM])
    func `a verb that is interrupted leaves nothing half-written`(words: [String], signal: Int32) throws {
        try Files.replace("\(place.rootfs)/Containerfile", with: "FROM base\nCOPY large /\n".utf8, durable: false)
        let before = traces
        let words = words.map { word in
            var word = word
            for (name, path) in [("OUT", out), ("ROOT", place.rootfs), ("CTX", "\(place.folder)/ctx")]
            where word.hasPrefix(name) {
                word = path + word.dropFirst(name.count)
            }
            return word
        }
        let code = try interrupt(words, by: signal)
        #expect(code == 128 + signal, "\(Files.text("\(place.folder)/error") ?? "")")
        #expect(traces == before)
        #expect(place.leftovers.count == 1)
    }
}
