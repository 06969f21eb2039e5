import Glibc
import RuntimeCore

/// What keeps a supervisor alive where memory is short: the kernel kills everything else before it, since it is small,
/// and a container without it has nobody to read what it writes. That is root's to ask for, with CAP_SYS_RESOURCE.
///
/// Nothing that it starts is to have that, whose score is what the supervisor's was: so whoever starts something
/// gives it up before.
struct Precedence {
    /// Before -1000, which nothing at all would be killed with.
    private static let score = -999

    /// What the score was; `nil` where it stays that.
    private let former: Int?

    /// Takes it, where this process may.
    init() {
        guard geteuid() == 0, let own = OOMScore.own, own > Self.score else {
            former = nil
            return
        }
        do {
            try OOMScore.setOwn(Self.score)
            former = own
        } catch { former = nil }
    }

    /// In a process that has it from its parent; or in its owner, while that starts programs.
    func giveUp() { if let former { try? OOMScore.setOwn(former) } }

    /// In its owner, after that.
    func takeBack() { if former != nil { try? OOMScore.setOwn(Self.score) } }
}
