import Glibc
import Linux
import TerminalKit
import Testing

/// Whole screens compared as text. `BOXTOP_RENEW_SNAPSHOTS=1 swift test --filter SnapshotTests` writes them anew: then
/// look at the difference before it is committed.
@Suite struct SnapshotTests {
    struct Shot: Sendable, CustomStringConvertible {
        var name: String
        var rows = 24
        var columns = 80
        var sweeps = 3
        var count = 9
        var look = Look()
        var keys: [Key] = []

        var description: String { "\(name)-\(columns)x\(rows)" }
    }

    static let shots: [Shot] = [
        Shot(name: "list"), Shot(name: "list", rows: 36, columns: 160), Shot(name: "list", rows: 8, columns: 40),
        Shot(name: "list", rows: 16, columns: 60), Shot(name: "list", rows: 30, columns: 120),
        Shot(name: "list-many", rows: 60, columns: 200, count: 1_000),
        Shot(name: "list-ascii-look", look: Look(unicode: false, coloured: false)),
        Shot(name: "tree", rows: 24, columns: 120, keys: [.character("t")]),
        Shot(name: "too-small", rows: 7, columns: 39),
        Shot(name: "empty-filter", keys: "/nothing".map { .character($0) } + [.enter]),
        Shot(name: "marked", keys: [.character(" "), .character(" "), .character("d")]),
        Shot(name: "remove", rows: 8, columns: 40, keys: [.character("d")]),
        Shot(name: "form", rows: 16, columns: 40, keys: [.character("n"), .control("u"), .character("é")]),
        Shot(name: "limits", rows: 36, columns: 160, sweeps: 40, keys: [.character("L"), .down, .down, .down]),
        Shot(name: "limits", keys: [.character("L")]),
        Shot(name: "limits", rows: 8, columns: 40, keys: [.character("L")]),
        Shot(
            name: "limits-warning", rows: 36, columns: 140,
            keys: [.character("L"), .down, .down, .down, .character("3"), .character("m"), .character("0"), .backspace]
                + [.backspace, .character("0"), .character("0"), .character("m"), .enter]),
        Shot(name: "details", rows: 40, columns: 160, sweeps: 130, keys: [.enter]),
        Shot(name: "details", sweeps: 60, keys: [.enter]),
        Shot(name: "details", rows: 8, columns: 40, sweeps: 9, keys: [.enter]),
        Shot(
            name: "details-past", rows: 30, columns: 120, sweeps: 130,
            keys: [.enter, .character("{"), .character("["), .tab, .tab, .tab]),
        Shot(name: "log", rows: 24, columns: 100, sweeps: 90, keys: [.character("l")]),
        Shot(
            name: "log-search", rows: 16, columns: 90, sweeps: 90,
            keys: [.character("l")] + "/queue".map { .character($0) } + [.enter, .character("N")]),
        Shot(name: "inspect", keys: [.character("i")]),
        Shot(name: "form", rows: 30, columns: 110, keys: [.character("n")]),
        Shot(
            name: "form-wrong",
            keys: [.character("n"), .control("u"), .character("w"), .character("e"), .character("b")]
                + [.tab, .tab, .character("x"), .enter]),
        Shot(name: "signal", keys: [.function(9)]), Shot(name: "columns", keys: [.character("c")]),
        Shot(name: "sort", keys: [.character("o")]),
        Shot(name: "help", rows: 36, columns: 100, keys: [.character("?")]),
        Shot(name: "images", keys: [.character("I"), .down]),
        Shot(name: "images", rows: 30, columns: 120, keys: [.character("I")]),
        Shot(name: "images", rows: 8, columns: 40, keys: [.character("I")]),
        Shot(
            name: "images-pull", columns: 100,
            keys: [.character("I"), .character("p")] + "nginx:1".map { .character($0) }),
        Shot(name: "volumes", rows: 16, columns: 100, keys: [.character("V"), .down]),
        Shot(name: "volumes", rows: 8, columns: 40, keys: [.character("V")]),
        Shot(name: "networks", rows: 16, columns: 130, keys: [.character("N"), .down]),
        Shot(name: "networks", rows: 8, columns: 40, keys: [.character("N")]),
        Shot(name: "palette", keys: [.character(":"), .character("l"), .character("o"), .character("g")]),
    ]

    @Test(arguments: shots)
    func `the screen looks as it did`(shot: Shot) throws {
        var fixture = Fixture(
            count: shot.count, rows: shot.rows, columns: shot.columns, sweeps: shot.sweeps, look: shot.look)
        for key in shot.keys { fixture.press(key) }
        let screen = fixture.screen + "\n"
        let path = "\(Self.folder)/\(shot).txt"
        if getenv("BOXTOP_RENEW_SNAPSHOTS") != nil {
            try Files.replace(path, with: Array(screen.utf8), durable: false)
        }
        #expect(Files.text(path) == screen, "\(shot) differs from \(path)")
    }

    private static let folder = "\(#filePath.dropLast("SnapshotTests.swift".count))Snapshots"

    @Test(arguments: [(40, 8), (41, 9), (80, 24), (132, 43), (200, 60), (500, 200), (500, 8), (40, 200)])
    func `every page draws at every size`(columns: Int, rows: Int) {
        let keys: [[Key]] = [
            [], [.character("L")], [.enter], [.enter, .character("z")], [.character("l")], [.character("i")],
            [.character("n")], [.character("?")], [.character("c")], [.function(9)], [.character("d")],
            [.character(":")], [.character("/")], [.character("I")], [.character("I"), .character("d")],
            [.character("t")], [.character("l"), .character("w")], [.character("V")], [.character("N")],
            [.character("N"), .character("d")],
        ]
        for keys in keys {
            var fixture = Fixture(count: 40, rows: rows, columns: columns)
            for key in keys { fixture.press(key) }
            let lines = fixture.lines
            #expect(lines.count == rows)
            #expect(lines.allSatisfy { $0.cells <= columns })
        }
    }
}
