import CLinux
import CSeccomp
import Glibc
import Linux
import OCI

extension SeccompFilter {
    /// Compiles `profile` with libseccomp; `nil` where it allows everything.
    ///
    /// Names that this libseccomp does not know are left out, as in all runtimes: profiles list calls of other
    /// architectures and of newer kernels.
    init?(_ profile: OCI.RuntimeSpec.Seccomp) throws(LaunchError) {
        let fallback = try Self.action(profile.defaultAction, errno: profile.defaultErrnoRet)
        if fallback == Self.allow && profile.syscalls.allSatisfy({ $0.action == "SCMP_ACT_ALLOW" }) { return nil }
        guard let context = seccomp_init(fallback) else {
            throw LaunchError(.seccomp, "libseccomp refuses the default action \(profile.defaultAction)")
        }
        defer { seccomp_release(context) }
        // The launch sets no_new_privs itself, or not: libseccomp must not want to.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0)
        // A binary tree by number, in place of a list: the filter runs at every call.
        seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        var architectures: [UInt32] = [seccomp_arch_native()]
        for name in profile.architectures {
            guard let token = Self.token(of: name) else {
                throw LaunchError(.seccomp, "the architecture \(name) is unknown")
            }
            if architectures.contains(token) { continue }
            let result = seccomp_arch_add(context, token)
            if result != 0 { throw LaunchError(.seccomp, "\(name): \(Errno(rawValue: -result))") }
            architectures.append(token)
        }
        for rule in profile.syscalls {
            let action = try Self.action(rule.action, errno: rule.errnoRet)
            // libseccomp refuses a rule that changes nothing.
            if action == fallback { continue }
            for name in rule.names { try Self.add(name, action, rule.args, to: context) }
        }
        var instructions = try Self.export(context)
        if fallback & 0xffff_0000 == Self.errno && profile.defaultErrnoRet != UInt32(ENOSYS) {
            instructions = Self.unknownCalls(profile, architectures) + instructions
        }
        self.instructions = instructions
        let notifies = ([profile.defaultAction] + profile.syscalls.map(\.action)).contains("SCMP_ACT_NOTIFY")
        flags = try Self.flags(profile.flags) | (notifies ? Self.newListener : 0)
    }

    private static let allow: UInt32 = 0x7fff_0000
    private static let errno: UInt32 = 0x0005_0000
    private static let trace: UInt32 = 0x7ff0_0000
    /// SECCOMP_FILTER_FLAG_NEW_LISTENER
    static let newListener: UInt32 = 8

    /// SECCOMP_RET_* of <linux/seccomp.h>.
    private static let actions: [String: UInt32] = [
        "SCMP_ACT_ALLOW": allow, "SCMP_ACT_ERRNO": errno, "SCMP_ACT_KILL": 0, "SCMP_ACT_KILL_THREAD": 0,
        "SCMP_ACT_KILL_PROCESS": 0x8000_0000, "SCMP_ACT_TRAP": 0x0003_0000, "SCMP_ACT_TRACE": trace,
        "SCMP_ACT_LOG": 0x7ffc_0000, "SCMP_ACT_NOTIFY": 0x7fc0_0000,
    ]
    private static let flagNumbers: [String: UInt32] = [
        "SECCOMP_FILTER_FLAG_TSYNC": 1, "SECCOMP_FILTER_FLAG_LOG": 2, "SECCOMP_FILTER_FLAG_SPEC_ALLOW": 4,
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV": 32,
    ]
    private static let comparisons: [String: scmp_compare] = [
        "SCMP_CMP_NE": SCMP_CMP_NE, "SCMP_CMP_LT": SCMP_CMP_LT, "SCMP_CMP_LE": SCMP_CMP_LE, "SCMP_CMP_EQ": SCMP_CMP_EQ,
        "SCMP_CMP_GE": SCMP_CMP_GE, "SCMP_CMP_GT": SCMP_CMP_GT, "SCMP_CMP_MASKED_EQ": SCMP_CMP_MASKED_EQ,
    ]

    static var actionNames: [String] { actions.keys.sorted() }
    static var flagNames: [String] { flagNumbers.keys.sorted() }
    static var comparisonNames: [String] { comparisons.keys.sorted() }
    static func isComparison(_ name: String) -> Bool { comparisons[name] != nil }

    /// Whether an action tells an errno.
    static func carriesErrno(_ action: String) -> Bool { action == "SCMP_ACT_ERRNO" || action == "SCMP_ACT_TRACE" }

    /// What libseccomp calls an architecture; `nil` for none of its.
    static func token(of name: String) -> UInt32? {
        let bare = name.begins(with: "SCMP_ARCH_") ? name.dropFirst(10).lowercased() : name
        let token = seccomp_arch_resolve_name(bare)
        return token == 0 ? nil : token
    }

    private static func action(_ name: String, errno number: UInt32?) throws(LaunchError) -> UInt32 {
        guard let action = actions[name] else { throw LaunchError(.seccomp, "the action \(name) is unknown") }
        return carriesErrno(name) ? action | (number ?? UInt32(EPERM)) & 0xffff : action
    }

    private static func flags(_ names: [String]) throws(LaunchError) -> UInt32 {
        var flags: UInt32 = 0
        for name in names {
            guard let flag = flagNumbers[name] else { throw LaunchError(.seccomp, "the flag \(name) is unknown") }
            flags |= flag
        }
        return flags
    }

    private static func add(
        _ name: String, _ action: UInt32, _ arguments: [OCI.RuntimeSpec.Seccomp.Argument],
        to context: scmp_filter_ctx
    ) throws(LaunchError) {
        let number = seccomp_syscall_resolve_name(name)
        if number == -1 { return }
        var conditions: [scmp_arg_cmp] = []
        for argument in arguments { conditions.append(try condition(argument)) }
        // Two conditions on one argument are alternatives, and each is a rule of its own.
        let together = Set(arguments.map(\.index)).count == arguments.count
        for group in together ? [conditions] : conditions.map({ [$0] }) {
            let result = seccomp_rule_add_array(context, action, number, UInt32(group.count), group)
            // EEXIST: a rule before says the same.
            if result != 0 && result != -EEXIST {
                throw LaunchError(.seccomp, "the rule for \(name): \(Errno(rawValue: -result))")
            }
        }
    }

    private static func condition(_ argument: OCI.RuntimeSpec.Seccomp.Argument) throws(LaunchError) -> scmp_arg_cmp {
        let comparison = comparisons[argument.op]
        guard let comparison, argument.index < 6 else {
            throw LaunchError(.seccomp, "the condition \(argument.op) on argument \(argument.index) is unknown")
        }
        return scmp_arg_cmp(
            arg: argument.index, op: comparison, datum_a: argument.value, datum_b: argument.valueTwo ?? 0)
    }

    /// The program, by way of a file: a pipe of somebody who has many holds less than a usual one.
    private static func export(_ context: scmp_filter_ctx) throws(LaunchError) -> [UInt8] {
        try during(.seccomp) { () throws(SystemCallError) in
            let file = FileDescriptor(owning: try systemCall("make a file") { clinux_memory_file("filter") })
            let result = seccomp_export_bpf(context, file.number)
            if result != 0 { throw SystemCallError("compile the filter", errno: Errno(rawValue: -result)) }
            lseek(file.number, 0, SEEK_SET)
            return try file.readAll()
        }
    }

    /// Instructions to be run first: a call newer than all that the profile names gets ENOSYS, not EPERM, so that
    /// programs fall back to the older call.
    private static func unknownCalls(_ profile: OCI.RuntimeSpec.Seccomp, _ architectures: [UInt32]) -> [UInt8] {
        let x32Bit: UInt32 = 0x4000_0000
        var program: [UInt8] = []
        func add(_ code: UInt16, _ yes: UInt8, _ no: UInt8, _ value: UInt32) {
            withUnsafeBytes(of: code) { program.append(contentsOf: $0) }
            program.append(contentsOf: [yes, no])
            withUnsafeBytes(of: value) { program.append(contentsOf: $0) }
        }
        // SCMP_ARCH_X32 has no AUDIT_ARCH of its own: its calls are those of x86_64 with a bit set.
        for architecture in architectures where architecture != 0x4000_003e {
            var newest: Int32 = 0
            for name in profile.syscalls.flatMap(\.names) {
                newest = max(newest, seccomp_syscall_resolve_name_arch(architecture, name))
            }
            add(0x20, 0, 0, 4)  // load the architecture
            add(0x15, 0, 4, architecture)  // not this one: skip
            add(0x20, 0, 0, 0)  // load the call's number
            add(0x35, 2, 0, x32Bit)
            add(0x25, 0, 1, UInt32(newest))
            add(0x06, 0, 0, errno | UInt32(ENOSYS))
        }
        return program
    }
}
