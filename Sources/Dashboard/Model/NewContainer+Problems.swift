import TerminalKit

extension NewContainer {
    /// What is wrong with a row, to stand beside it.
    func problem(_ row: Row) -> String? {
        let text = text(row)
        switch row {
        case .image: return text.isEmpty ? "which one? boxtop image pack makes one" : nil
        case .name:
            if taken.contains(text) { return "taken already" }
            let fine = text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_.-".unicodeScalars.contains($0))
            }
            if !fine || text.hasPrefix("-") || text.hasPrefix(".") { return "letters, digits, and _ . - inside" }
            return nil
        case .command: return Words.split(text) == nil ? "a quote is open" : nil
        case .memory:
            if text.isEmpty { return nil }
            guard let bytes = ByteCount.parse(text) else { return "not a size: 64m, 1.5g" }
            return bytes < 1 << 20 ? "at least 1m" : nil
        case .cpus:
            if text.isEmpty { return nil }
            guard let number = Double(text), number >= 0.01 else { return "not a number of cores: 0.5, 2" }
            return cores.flatMap { number > Double($0) ? "this machine has \($0)" : nil }
        case .processes:
            if text.isEmpty { return nil }
            return (UInt64(text) ?? 0) >= 1 ? nil : "not a number: 64"
        case .restart:
            let policy = text.prefix { $0 != ":" }
            return Self.policies.contains(String(policy)) ? nil : Self.policies.joined(separator: ", ")
        case .ports:
            return problem(text, "not HOST:CONTAINER, 8080:80", Self.isPorts)
        case .volumes: return problem(text, "not SOURCE:/PATH") { $0.hasPrefix("/") || $0.contains(":/") }
        case .environment: return problem(text, "not KEY=VALUE") { !$0.hasPrefix("=") && $0.contains("=") }
        }
    }

    /// What is wrong with a row of several words: `problem`, unless each of them is as `isFine` wants it.
    private func problem(_ text: String, _ problem: String, _ isFine: (String) -> Bool) -> String? {
        guard let words = Words.split(text) else { return "a quote is open" }
        return words.allSatisfy(isFine) ? nil : problem
    }

    /// `8080:80`, `127.0.0.1:53:53/udp`, `8000-8009:80-89`: whether the ports are such as there can be.
    private static func isPorts(_ word: String) -> Bool {
        let halves = word.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 1 || (halves.count == 2 && ["tcp", "udp"].contains(halves[1])) else { return false }
        let ends = halves[0].split(separator: ":", omittingEmptySubsequences: false).suffix(2)
        // The host's end may be left to the system.
        return ends.enumerated().allSatisfy { index, end in
            let numbers = end.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) ?? 0 }
            return end.isEmpty && index == 0 && ends.count == 2 || numbers.count <= 2 && !numbers.contains(0)
        }
    }
}
