import Glibc
import JSON
import Linux

/// One sentence that the specification holds a runtime to.
struct Case: Sendable {
    /// `config-linux.md`
    let document: String
    let sentence: String
    let body: @Sendable (Trial) throws -> Void

    init(_ document: String, _ sentence: String, _ body: @escaping @Sendable (Trial) throws -> Void) {
        self.document = document
        self.sentence = sentence
        self.body = body
    }
}

/// `conformance [--only TEXT] [--why] RUNTIME…`: tries every MUST of the OCI runtime specification on each runtime and
/// prints a table, a line a sentence and a column a runtime. Exits 1 where the last runtime fails a case.
@main enum Main {
    static func main() {
        var words = Array(CommandLine.arguments.dropFirst())
        var only: String?
        var tellsWhy = false
        var paths: [String] = []
        while let word = words.first {
            words.removeFirst()
            switch word {
            case "--only": only = words.isEmpty ? nil : words.removeFirst()
            case "--why": tellsWhy = true
            default: paths.append(word)
            }
        }
        guard !paths.isEmpty, geteuid() == 0, Files.exists("/bin/busybox") else {
            print("usage: conformance [--only TEXT] [--why] RUNTIME…   (as root, with busybox-static installed)")
            exit(2)
        }
        exit(run(paths.map(Runtime.init), only, tellsWhy) == 0 ? 0 : 1)
    }

    /// How many cases the last runtime fails.
    private static func run(_ runtimes: [Runtime], _ only: String?, _ tellsWhy: Bool) -> Int {
        var passed = [Int](repeating: 0, count: runtimes.count)
        var failed = passed
        var number = 0
        var document = ""
        for trial in Case.all where only.map({ trial.sentence.contains($0) || trial.document == $0 }) ?? true {
            if trial.document != document {
                document = trial.document
                print("\n\(document)  (\(runtimes.map(\.name).joined(separator: ", ")))")
            }
            var marks: [String] = []
            var reasons: [String] = []
            for (index, runtime) in runtimes.enumerated() {
                number += 1
                switch attempt(trial, runtime, number) {
                case nil:
                    passed[index] += 1
                    marks.append("pass")
                case let error as Trial.Skipped:
                    marks.append("–   ")
                    reasons.append("      not here: \(error)")
                case let error?:
                    failed[index] += 1
                    marks.append("FAIL")
                    reasons.append("      \(runtime.name): \(error)")
                }
            }
            print("  \(marks.joined(separator: " "))  \(trial.sentence)")
            if tellsWhy { for reason in reasons { print(reason) } }
        }
        print("")
        for (index, runtime) in runtimes.enumerated() {
            print("\(runtime.name): \(passed[index]) passed, \(failed[index]) failed")
        }
        return failed.last ?? 0
    }

    private static func attempt(_ trial: Case, _ runtime: Runtime, _ number: Int) -> (any Error)? {
        do { try trial.body(Trial(runtime, number: number)) } catch { return error }
        return nil
    }
}

extension Case {
    static var all: [Case] {
        bundle + lifecycle + operations + root + mounts + process + hooks + namespaces + networkDevices + devices
            + groups + resources + seccomp + paths + features
    }
}
