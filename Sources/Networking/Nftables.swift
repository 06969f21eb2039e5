import CNftables

/// Runs commands of the packet filter: text of nft(8), each call one transaction.
enum Nftables {
    /// Throws the first of the library's sentences.
    static func run(_ commands: String) throws(NetworkError) {
        if cnftables_run(commands) != 0 { throw problem() }
    }

    /// What a listing says.
    static func output(_ commands: String) throws(NetworkError) -> String {
        if cnftables_run(commands) != 0 { throw problem() }
        return String(cString: cnftables_output())
    }

    static var isAvailable: Bool { cnftables_available() != 0 }

    private static func problem() -> NetworkError {
        if cnftables_available() == 0 {
            return NetworkError(
                .unsupported,
                "libnftables cannot be used (\(String(cString: cnftables_problem()))): apt install libnftables1")
        }
        let lines = String(cString: cnftables_problem()).split(separator: "\n")
        let first = lines.first.map(String.init) ?? "no reason given"
        let reason = first.hasPrefix("Error: ") ? String(first.dropFirst(7)) : first
        let isRefused = reason.contains("Operation not permitted")
        return NetworkError(isRefused ? .unsupported : .failed, "cannot change the packet filter: \(reason)")
    }
}
