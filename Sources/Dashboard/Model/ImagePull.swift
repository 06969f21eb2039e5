/// An image on its way here.
struct ImagePull: Hashable, Sendable {
    var name: String
    /// What the command has said last: `42 %, 12 of 45 MiB, 8.1 MiB/s, 4 s left`.
    var message = ""

    /// 0…1, where it is known.
    var share: Double? {
        guard let mark = message.firstIndex(of: "%") else { return nil }
        let digits = message[..<mark].filter(\.isNumber)
        return Double(digits).map { min($0 / 100, 1) }
    }
}
