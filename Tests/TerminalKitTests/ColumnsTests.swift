import TerminalKit
import Testing

@Suite struct ColumnsTests {
    private static let columns = [
        Column("name", width: 8),
        Column("bar", width: 20, concessions: [.init(10, 6), .init(40, 0)]),
        Column("image", width: 10, concessions: [.init(20, 0)]),
        Column("note", width: 10, stretch: 30, concessions: [.init(30, 5)]),
    ]

    @Test(
        arguments: [
            (80, ["name 8", "bar 20", "image 10", "note 36"]), (54, ["name 8", "bar 20", "image 10", "note 10"]),
            (45, ["name 8", "bar 6", "image 10", "note 15"]), (36, ["name 8", "bar 6", "note 18"]),
            (25, ["name 8", "bar 6", "note 7"]), (14, ["name 8", "note 4"]),
        ] as [(Int, [String])])
    func `bars shrink before columns go, the least important first`(width: Int, expected: [String]) {
        let layout = ColumnLayout(Self.columns, from: 0, to: width, gap: 2)
        #expect(layout.slots.map { "\($0.id) \($0.width)" } == expected)
        #expect(layout.slots.last.map { $0.right <= width } == true)
    }
}
