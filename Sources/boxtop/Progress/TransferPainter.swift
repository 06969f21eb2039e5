import Glibc
import Images
import Linux
import OCI
import Rendering

/// Shows what happens while an image is moved: bars on a terminal, lines elsewhere, on standard error, so that standard
/// output has the result alone.
final class TransferPainter {
    /// What is done to a part: `downloaded`, `sent`.
    private let word: String
    private let isQuiet: Bool
    private let usesBars: Bool
    private var board = ProgressBoard()
    private var painted = 0
    /// Parts of which it was said that somebody else has them.
    private var awaited = Set<Digest>()
    private var last = MonotonicTime.now

    init(_ word: String, quiet: Bool) {
        self.word = word
        isQuiet = quiet
        usesBars = !quiet && Stream.error.isTerminal && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// Takes in what happens.
    func show(_ event: TransferEvent) {
        if isQuiet { return }
        let now = MonotonicTime.now
        switch event {
        case .begins(let parts):
            for part in parts {
                board.add(part.digest.short, total: part.size)
                if !usesBars, part.isLayer { say("\(part.digest.short): layer of \(byteCount(part.size))") }
            }
        case .moved(let digest, let done): board.move(digest.short, to: done, at: now)
        case .ended(let digest, let end):
            let text =
                switch end {
                case .moved: word
                case .present: "is there already"
                case .mounted: "is taken from another repository"
                }
            board.end(digest.short, text)
            if !usesBars { say("\(digest.short): \(text)") }
        case .unpacks(let digest): board.note(digest.short, "is unpacked")
        case .retries(let digest, let reason, let seconds):
            let text = "\(printable(reason)); again in \(Human.fixed(seconds, 1)) s"
            board.note(digest.short, text)
            if !usesBars { say("\(digest.short): \(text)") }
        case .waits(let digest):
            let text = "is downloaded by somebody else; waiting"
            board.note(digest.short, text)
            if !usesBars, awaited.insert(digest).inserted { say("\(digest.short): \(text)") }
        case .tick: break
        }
        paint(now)
    }

    private func paint(_ now: MonotonicTime) {
        guard now.seconds(since: last) >= (usesBars ? 0.1 : 1) else { return }
        last = now
        if usesBars {
            repaint(now)
        } else if let summary = board.news(now: now) {
            say(summary)
        }
    }

    private func repaint(_ now: MonotonicTime) {
        let size = RawTerminal.size
        let lines = board.lines(
            width: max(20, Int(size?.columns ?? 80) - 1), height: max(2, Int(size?.rows ?? 24) - 2), now: now,
            unicode: Self.isUnicode)
        var text = painted > 0 ? "\u{1B}[\(painted)A" : ""
        for line in lines { text += "\r\u{1B}[K\(line)\n" }
        // What was painted below goes; the cursor stays behind the last line.
        text += "\u{1B}[J"
        Stream.error.write(text)
        painted = lines.count
    }

    /// Paints the last state, where there was something to see.
    func finish() {
        guard usesBars, painted > 0 || !board.rows.isEmpty else { return }
        repaint(.now)
    }

    private func say(_ line: String) { Stream.error.say(line) }

    private static let isUnicode: Bool = {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            if let value = getenv(name).map({ String(cString: $0).lowercased() }), !value.isEmpty {
                return value.contains("utf")
            }
        }
        return false
    }()
}
