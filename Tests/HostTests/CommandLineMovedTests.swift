import Glibc
import Linux
import Records
import Testing

/// State folders that are moved, as from an SD card to a disk, and copied.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineMovedTests {
    private let place: CommandLinePlace
    private var copy: String { "\(place.folder)/copy" }

    init() throws {
        place = try CommandLinePlace()
        try #require(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        let made = place.run(
            "run", "--name", "c", "-v", "v:/v", "base", "sh", "-c", "echo . >>/written; echo . >>/v/written")
        try #require(made.code == 0, "\(made)")
    }

    private func lines(_ path: String) -> Int { (Files.text(path) ?? "").split(separator: "\n").count }

    /// How often `c` has written to its own files and to its volume, below `state`.
    private func written(_ state: String) throws -> [Int] {
        let id = String(try #require(try Files.names(in: "\(state)/containers").first { $0.utf8.count == 64 }))
        return [lines("\(state)/containers/\(id)/upper/written"), lines("\(state)/volumes/v/_data/written")]
    }

    @Test func `a copy of a state folder writes nothing into the one that it is of`() throws {
        let program = CommandLinePlace.program
        #expect(place.shell("cp -a \(place.layout.state) \(copy)").code == 0)
        for words in ["start -a c", "cp /proc/self/status c:/more", "cp /proc/self/status c:/v/more"] {
            let ended = place.shell("BOXTOP_STATE=\(copy) \(program) \(words)")
            #expect(ended.code == 0, "\(words): \(ended)")
        }
        #expect(try written(copy) == [2, 2] && written(place.layout.state) == [1, 1])
        #expect(place.run("diff", "c").output == "A /written\n")
        let diff = place.shell("BOXTOP_STATE=\(copy) \(program) diff c").output
        #expect(diff.split(separator: "\n").sorted() == ["A /more", "A /written"], "\(diff)")
        #expect(Files.exists("\(copy)/volumes/v/_data/more"))
        #expect(!Files.exists("\(place.layout.volumes)/v/_data/more"))
        #expect(place.shell("BOXTOP_STATE=\(copy) \(program) rm -f c").code == 0)
        #expect(place.run("start", "-a", "c").code == 0)
    }

    @Test func `what is in a state folder that was moved starts`() throws {
        #expect(rename(place.layout.state, copy) == 0)
        defer { rename(copy, place.layout.state) }
        for words in ["start -a c", "run --rm -v v:/v base true", "image prune -f"] {
            let ended = place.shell("BOXTOP_STATE=\(copy) \(CommandLinePlace.program) \(words)")
            #expect(ended.code == 0, "\(words): \(ended)")
        }
        #expect(try written(copy) == [2, 2])
        let inspected = place.shell("BOXTOP_STATE=\(copy) \(CommandLinePlace.program) inspect c").output
        #expect(inspected.contains(copy) && !inspected.contains("\(place.layout.state)/"))
        #expect(!Files.exists(place.layout.state))
    }
}
