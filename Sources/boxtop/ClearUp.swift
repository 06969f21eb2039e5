import Builds
import CLinux
import Containers
import Glibc
import Images
import Records

/// A verb that writes for a while what is no use in parts: what SIGHUP, SIGINT or SIGTERM leaves of it is cleared up.
protocol WritingVerb: Verb {}

extension WritingVerb {
    static var isWriting: Bool { true }
}

/// `boxtop clear-up SIGNAL`: what a signal makes of a verb that writes. No command for people.
///
/// Locks, mounts and open files of the verb have gone with the execve(2), but it is the same process still, whose id is in
/// the names of all that is half made. That is taken away as the next verb takes away what SIGKILL leaves; then
/// it ends by that signal.
enum ClearUp {
    static let word = "clear-up"

    static func begin() { clinux_succession_begin(strdup("boxtop"), strdup(word)) }

    static func run(_ arguments: [String]) -> Int32 {
        guard let number = arguments.first.flatMap({ Int32($0) }), [SIGHUP, SIGINT, SIGTERM].contains(number) else {
            Stream.error.say("boxtop: usage: boxtop \(word) SIGNAL")
            return 64
        }
        if let context = try? Context.current(), let containers = try? context.containers() {
            Builder.sweep(containers, andOf: .current)
            containers.sweep(andOf: getpid())
            context.images.sweep(of: getpid())
        }
        Stream.error.say("boxtop: broken off")
        clinux_end_by(number)
        return 128 + number
    }
}
