import Fuzzing
import Linux
import Testing

@testable import Builds

/// The parsers of builds, as FuzzTests of Images has it.
@Suite(.serialized) struct BuildFuzzTests {
    static let seeds: [String: [[UInt8]]] = Fuzzing.corpus(beside: #filePath)

    private func fuzz(_ name: String, _ body: (String) -> Void) {
        Fuzzing.run(name, seeds: Self.seeds[name] ?? []) { body(String(decoding: $0, as: UTF8.self)) }
    }

    @Test func `Containerfiles`() {
        fuzz("containerfile") { text in
            guard let file = try? Containerfile(text) else { return }
            let words = Words(escape: file.escape) { $0.isEmpty ? nil : "value" }
            for step in file.stages.flatMap(\.steps) {
                _ = try? ConfigurationStep(step, words, shell: nil)
                _ = try? words.split(step.text)
                _ = try? words.replace(step.text)
            }
        }
    }

    @Test func `ignore lists and patterns`() {
        fuzz("ignore") { text in
            let list = IgnoreList(text)
            _ = list.leavesOut("a/b.txt") || list.leavesOut(text)
        }
    }
}
