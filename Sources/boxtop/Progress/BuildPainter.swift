import Builds
import Images

/// Shows what happens while an image is built: each step with its number, and what RUN writes.
final class BuildPainter {
    private let isQuiet: Bool
    /// The last output had no end of line.
    private var isOpen = false

    init(quiet: Bool) { isQuiet = quiet }

    func show(_ event: BuildEvent) {
        if isQuiet { return }
        switch event {
        case .step(let number, let count, let stage, let text):
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            say("[\(number)/\(count)]\(stage.map { " \($0)" } ?? "") \(printable(line))")
        case .cached: say("  from the cache")
        case .note(let text): say("  \(printable(text))")
        case .output(let bytes, _):
            bytes.withUnsafeBytes { Stream.error.write($0) }
            isOpen = bytes.last != UInt8(ascii: "\n")
        }
    }

    private func say(_ line: String) {
        Stream.error.say((isOpen ? "\n" : "") + line)
        isOpen = false
    }
}
