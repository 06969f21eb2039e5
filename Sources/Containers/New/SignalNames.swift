/// Names of signals, as signal(7) lists them for Linux on all architectures boxtop runs on.
package enum SignalNames {
    private static let table: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17,
        "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
    ]

    /// The number of `name`, given without `SIG` and in capitals; `RTMIN+n` and `RTMAX-n` as well.
    package static func number(_ name: String) -> Int32? {
        if let number = table[name] { return number }
        if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }

    /// `SIGTERM` for 15; the number itself where it has no name.
    package static func name(_ number: Int32) -> String {
        let aliases: Set<String> = ["IOT", "CLD", "POLL"]
        if let entry = table.first(where: { $0.value == number && !aliases.contains($0.key) }) {
            return "SIG\(entry.key)"
        }
        return (35...63).contains(number) ? "SIGRTMIN+\(number - 34)" : "\(number)"
    }
}
