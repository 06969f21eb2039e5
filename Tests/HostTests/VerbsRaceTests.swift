import Glibc
import Linux
import Records
import TestSupport
import Testing

/// Verbs beside each other in many processes: none fails by what another one takes away in between.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct VerbsRaceTests {
    private let place: CommandLinePlace

    init() throws {
        place = try CommandLinePlace()
        let made = place.run("image", "import", "-q", place.rootfs, "base")
        try #require(made.code == 0, "\(made.error)")
    }

    /// Each a worker that does this over and over; what fails says so.
    private static let workers = [
        "tell create --name c1-$i -v /data base true; tell rm -f -v c1-$i",
        "tell create --name c2-$i -v /data base true; tell rm -f -v c2-$i",
        "tell run --rm -v v:/v base true", "tell run --rm base true", "tell ps -a; tell ps -aq",
        "tell prune -f; tell volume prune -f -a", "tell volume create w; tell volume rm -f w; tell volume ls",
        "tell prune -f; tell system df",
    ]

    @Test func `who makes, runs, lists and removes containers beside others does so`() {
        let lines = Self.workers.map { "( for i in $(seq 8); do \($0); done ) &" }.joined(separator: "\n")
        let script = """
            tell() { said=$(\(CommandLinePlace.program) "$@" 2>&1) || echo "$*: $said"; }
            \(lines)
            wait
            """
        let ended = place.shell(script)
        #expect(ended == CommandLinePlace.Ended(code: 0, output: "", error: ""))
        #expect(place.leftovers == [])
        #expect((try? Files.names(in: place.layout.names)) == [])
    }
}
