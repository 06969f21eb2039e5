import Linux
import Testing

@testable import Rendering

@Suite struct ProgressBoardTests {
    private func board() -> ProgressBoard {
        var board = ProgressBoard()
        board.add("aaaaaaaaaaaa", total: 100 << 20)
        board.add("bbbbbbbbbbbb", total: 10 << 20)
        board.move("aaaaaaaaaaaa", to: 0, at: MonotonicTime(nanoseconds: 0))
        board.move("aaaaaaaaaaaa", to: 25 << 20, at: MonotonicTime(nanoseconds: 1_000_000_000))
        return board
    }
    private let second = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `a bar has size, rate and the time that is left`() {
        let lines = board().lines(width: 79, height: 20, now: second, unicode: false)
        #expect(
            lines == [
                "aaaaaaaaaaaa ======--------------------- 25.0 MiB of 100 MiB  25.0 MiB/s  3 s",
                "bbbbbbbbbbbb waiting",
            ])
        #expect(board().summary(now: second) == "22 %, 25.0 MiB of 110 MiB, 25.0 MiB/s, 4 s left")
    }

    @Test func `a transfer that stands still has no news`() {
        var board = board()
        let later = [2, 3, 60].map { MonotonicTime(nanoseconds: $0 * 1_000_000_000) }
        #expect(board.news(now: second) != nil && later.allSatisfy { board.news(now: $0) == nil })
        board.move("aaaaaaaaaaaa", to: 30 << 20, at: later[2])
        #expect(board.news(now: later[2])?.hasPrefix("27 %, 30.0 MiB of 110 MiB") == true)
    }

    @Test(arguments: [10, 30, 50, 200])
    func `no line is wider than the terminal`(width: Int) {
        for line in board().lines(width: width, height: 9, now: second, unicode: true) { #expect(line.count <= width) }
    }

    @Test func `where there is no room, what has ended goes first`() {
        var board = board()
        for index in 0..<9 {
            board.add("\(index)", total: 1)
            board.end("\(index)", "downloaded")
        }
        let lines = board.lines(width: 80, height: 4, now: second, unicode: false)
        #expect(lines.count == 3 && lines.last == "9 of 11 parts are here")
    }
}
