import Builds
import Images

/// Shows what happens while an image is built: each step with its number, and what RUN writes.
final class BuildPainter {
    private let isQuiet: Bool
    /// The last output had no end of line.
    private var isOpen = false
    /// The first bytes of a character whose others have not come yet.
    private var begun: [UInt8] = []
    /// The last that the step at work has written, where that is not shown.
    private var unseen: [UInt8] = []

    init(quiet: Bool) { isQuiet = quiet }

    func show(_ event: BuildEvent) {
        if isQuiet { return note(event) }
        switch event {
        case .step(let number, let count, let stage, let text):
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            say("[\(number)/\(count)]\(stage.map { " \($0)" } ?? "") \(printable(line))")
        case .cached: say("  from the cache")
        case .note(let text): say("  \(printable(text))")
        case .output(let bytes, _): pass(bytes)
        }
    }

    /// Does `body`. Where it fails, what the step that has failed has written last is shown, if nothing was until now.
    func explaining<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch {
            pass(unseen.suffix(Self.kept))
            if isOpen { Stream.error.write("\n") }
            throw error
        }
    }

    private func note(_ event: BuildEvent) {
        switch event {
        case .step: unseen = []
        case .output(let bytes, _):
            unseen += bytes
            if unseen.count > 2 * Self.kept { unseen.removeFirst(unseen.count - Self.kept) }
        case .cached, .note: return
        }
    }

    private static let kept = 64 << 10

    private func pass(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard let last = bytes.last else { return }
        if Stream.error.isTerminal { draw(bytes) } else { bytes.withUnsafeBytes { Stream.error.write($0) } }
        isOpen = last != UInt8(ascii: "\n")
    }

    /// What could steer the terminal is shown, not sent; a return alone may begin the program's own line again.
    private func draw(_ bytes: [UInt8]) {
        let all = begun + bytes
        begun = Array(all.suffix(Self.begun(at: all)))
        let text = String(decoding: all.dropLast(begun.count), as: UTF8.self)
        let parts = text.unicodeScalars.split(separator: "\r", omittingEmptySubsequences: false)
        Stream.error.write(parts.map { harmless(String($0)) }.joined(separator: "\r"))
    }

    /// How many bytes at the end of `bytes` begin a character that is not all there.
    private static func begun(at bytes: [UInt8]) -> Int {
        for (count, byte) in bytes.reversed().prefix(3).enumerated() where byte & 0xC0 != 0x80 {
            return (~byte).leadingZeroBitCount > count + 1 ? count + 1 : 0
        }
        return 0
    }

    private func say(_ line: String) {
        Stream.error.say((isOpen ? "\n" : "") + line)
        (isOpen, begun) = (false, [])
    }
}
