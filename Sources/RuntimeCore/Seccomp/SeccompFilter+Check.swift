import CSeccomp
import OCI

extension OCI.RuntimeSpec.Seccomp {
    /// Refuses, with its path, what the filter could not be made of.
    func check() throws(LaunchError) {
        func errno(_ number: UInt32?, _ action: String, _ path: String) throws(LaunchError) {
            if number != nil && !SeccompFilter.carriesErrno(action) {
                throw wrong(path, "\(action) tells no errno")
            }
            // The kernel makes the highest errno there is of any number above.
            if let number, number > 4095 { throw wrong(path, "\(number) is no errno: they end at 4095") }
        }
        try errno(defaultErrnoRet, defaultAction, "linux.seccomp.defaultErrnoRet")
        if !SeccompFilter.actionNames.contains(defaultAction) {
            throw wrong("linux.seccomp.defaultAction", "there is no action \(defaultAction)")
        }
        for (index, architecture) in architectures.enumerated() where SeccompFilter.token(of: architecture) == nil {
            throw wrong("linux.seccomp.architectures[\(index)]", "there is no architecture \(architecture)")
        }
        for (index, flag) in flags.enumerated() where !SeccompFilter.flagNames.contains(flag) {
            throw wrong("linux.seccomp.flags[\(index)]", "there is no flag \(flag)")
        }
        for (index, rule) in syscalls.enumerated() {
            let name = "linux.seccomp.syscalls[\(index)]"
            if rule.names.isEmpty { throw wrong("\(name).names", "it is empty") }
            if !SeccompFilter.actionNames.contains(rule.action) {
                throw wrong("\(name).action", "there is no action \(rule.action)")
            }
            try errno(rule.errnoRet, rule.action, "\(name).errnoRet")
            for (index, argument) in rule.args.enumerated() {
                if argument.index > 5 { throw wrong("\(name).args[\(index)].index", "a system call has 6 arguments") }
                if !SeccompFilter.isComparison(argument.op) {
                    throw wrong("\(name).args[\(index)].op", "there is no comparison \(argument.op)")
                }
            }
        }
        let notifies = ([defaultAction] + syscalls.map(\.action)).contains("SCMP_ACT_NOTIFY")
        if notifies && listenerPath == nil {
            throw wrong("linux.seccomp.listenerPath", "SCMP_ACT_NOTIFY needs it")
        }
        if listenerMetadata != nil && listenerPath == nil {
            throw wrong("linux.seccomp.listenerMetadata", "there is no listenerPath")
        }
    }
}

/// The names that a seccomp profile may use, for `features`.
package enum SeccompWords {
    /// Of the library that compiles them.
    package static var version: String {
        seccomp_version().map { "\($0.pointee.major).\($0.pointee.minor).\($0.pointee.micro)" } ?? "unknown"
    }
    package static var actions: [String] { SeccompFilter.actionNames }
    package static var operators: [String] { SeccompFilter.comparisonNames }
    package static var flags: [String] { SeccompFilter.flagNames }
    package static let architectures = [
        "AARCH64", "ARM", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PARISC", "PARISC64",
        "PPC", "PPC64", "PPC64LE", "RISCV64", "S390", "S390X", "X32", "X86", "X86_64",
    ].map { "SCMP_ARCH_\($0)" }
}
