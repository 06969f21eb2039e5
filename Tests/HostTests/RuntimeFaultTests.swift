import Cgroups
import Glibc
import Linux
import OCI
import Testing

/// The launch with each of its system calls failing in turn, and killed at each: the host is as it was before, and what
/// failed is told by the step. strace(1) injects the faults.
///
/// Every seventh is tried; with BOXTOP_FAULTS=all in the environment, each.
@Suite(.serialized, .enabled(if: Strace.obstacle == nil, Comment(rawValue: Strace.obstacle ?? "")))
struct RuntimeFaultTests {
    private static let stride = getenv("BOXTOP_FAULTS") == nil ? 7 : 1

    /// Ends that cannot fail, and memory: a program without any has no words left.
    private static let exempt: Set<String> = [
        "exit", "exit_group", "rt_sigreturn", "brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "execve",
        "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom", "futex",
        // It never fails in a kernel: with the fault the descriptor stays open, which no kernel does.
        "close",
    ]

    private struct Host: Equatable {
        let mounts: String?
        let groups: [String]
        let containers: [String]

        init(_ bundle: RuntimeBundle) throws {
            mounts = Files.text("/proc/self/mountinfo")
            containers = (try? Files.names(in: "\(bundle.folder)/state")) ?? []
            let group = try bundle.group()
            groups = group.exists ? group.processes().map(String.init) + ["there"] : []
        }
    }

    /// How often each call is made, by the process that makes it most.
    private func calls(_ bundle: RuntimeBundle) throws -> [(name: String, times: Int)] {
        let log = "\(bundle.folder)/trace"
        #expect(try bundle.run("--keep", through: ["strace", "-f", "-qq", "-o", log]).status == 0)
        #expect(try bundle.call("delete", "--force", bundle.id).status == 0)
        var counts: [String: [Substring: Int]] = [:]
        for line in (Files.text(log) ?? "").split(separator: "\n") where !line.contains("resumed>") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let end = words[1].firstIndex(of: "(") else { continue }
            // A short process id is padded.
            counts[String(words[1][..<end].drop { $0 == " " }), default: [:]][words[0], default: 0] += 1
        }
        return counts.filter {
            !Self.exempt.contains($0.key) && $0.key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        .map { ($0.key, $0.value.values.max() ?? 0) }.sorted { $0.0 < $1.0 }
    }

    @Test func `each system call that fails is told by its step, and leaves the host as it was`() throws {
        let bundle = try RuntimeBundle("true")
        let calls = try calls(bundle)
        #expect(calls.count > 30)
        let before = try Host(bundle)
        var position = 0
        for (name, times) in calls {
            for number in 1...times {
                position += 1
                if position % Self.stride != 0 { continue }
                let fault = "inject=\(name):error=EIO:when=\(number)"
                let outcome = try bundle.run("--keep", through: Strace.command("-e", "trace=\(name)", "-e", fault))
                let isMade = Files.exists(bundle.stateFolder)
                if outcome.status != 0 {
                    // Of each process that call fails: where it is the message's own too, nobody can hear it.
                    let isTold =
                        ["cannot ", "input/output error", "usage: ", "shared librar"].contains(
                            where: outcome.errors.contains) || name == "write" && outcome.errors.isEmpty
                    #expect(isTold, "\(fault): \(outcome.status) \(outcome.errors)")
                }
                // What was made in spite of the fault, or before it, is taken away as ever.
                if isMade { #expect(try bundle.call("delete", "--force", bundle.id).status == 0, "\(fault)") }
                #expect(try Host(bundle) == before, "\(fault): \(outcome.errors)")
                if try Host(bundle) != before { return }
            }
        }
    }

    @Test(arguments: 1...3)
    func `an order to the child that cannot be sent ends the launch, which would wait for ever`(number: Int) throws {
        let bundle = try RuntimeBundle("true")
        let before = try Host(bundle)
        let fault = "inject=sendmsg:error=EIO:when=\(number)"
        let outcome = try bundle.run("--keep", through: Strace.command("-e", "trace=sendmsg", "-e", fault))
        #expect(outcome.status == 0 || outcome.errors.contains("cannot "), "\(outcome.status) \(outcome.errors)")
        _ = try bundle.call("delete", "--force", bundle.id)
        #expect(try Host(bundle) == before)
    }

    @Test func `killed at any moment, it leaves nothing that delete does not take away`() throws {
        let bundle = try RuntimeBundle("true")
        let before = try Host(bundle)
        var survived = 0
        for number in Swift.stride(from: 3, through: 2_000, by: Self.stride * 2) {
            let fault = "inject=all:signal=KILL:when=\(number)"
            let outcome = try bundle.run("--keep", through: Strace.command("-e", fault))
            #expect(try bundle.call("delete", "--force", bundle.id).status == 0, "\(fault)")
            #expect(try Host(bundle) == before, "\(fault)")
            survived = outcome.status == 0 ? survived + 1 : 0
            // Beyond its last call.
            if survived == 3 { break }
        }
    }
}

enum Strace {
    static let obstacle: String? =
        RuntimeBundle.obstacle ?? (Files.exists("/usr/bin/strace") ? nil : "strace is not installed")

    static func command(_ words: String...) -> [String] {
        ["timeout", "--signal=KILL", "20", "strace", "-f", "-qq", "-o", "/dev/null"] + words
    }
}
