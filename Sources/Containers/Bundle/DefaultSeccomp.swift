import OCI

/// Which system calls a container may make by default: a list of what is allowed, everything else EPERM.
///
/// The usual list of the field's engines. Calls that act on the whole machine come with the capability that guards
/// them; the flags of `clone` that make namespaces are refused without CAP_SYS_ADMIN, and `clone3`, whose flags a
/// filter cannot see, answers ENOSYS, so that C libraries fall back to `clone`.
package enum DefaultSeccomp {
    package static func profile(capabilities: [String], machine: String) -> RuntimeSpec.Seccomp {
        let allow = "SCMP_ACT_ALLOW"
        let capabilities = Set(capabilities)
        var rules: [RuntimeSpec.Seccomp.Rule] = [.init(names: SeccompNames.always, action: allow)]
        let extra = SeccompNames.byCapability.filter { capabilities.contains($0.key) }.values.joined()
        if !extra.isEmpty { rules.append(.init(names: Array(Set(extra)).sorted(), action: allow)) }
        rules += [0x0, 0x8, 0x2_0000, 0x2_0008, 0xFFFF_FFFF].map {
            .init(names: ["personality"], action: allow, args: [.init(index: 0, value: $0, op: "SCMP_CMP_EQ")])
        }
        // AF_VSOCK reaches the hypervisor past every network namespace.
        rules.append(
            .init(names: ["socket"], action: allow, args: [.init(index: 0, value: 40, op: "SCMP_CMP_NE")]))
        if capabilities.contains("CAP_SYS_ADMIN") {
            rules.append(.init(names: ["clone", "clone3"], action: allow))
        } else {
            let newNamespaces: UInt64 = 0x7E02_0000
            rules.append(
                .init(
                    names: ["clone"], action: allow,
                    args: [.init(index: 0, value: newNamespaces, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ")]))
            rules.append(.init(names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38))
        }
        if let names = SeccompNames.byMachine[machine] { rules.append(.init(names: names, action: allow)) }
        return RuntimeSpec.Seccomp(
            defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, architectures: architectures[machine] ?? [],
            syscalls: rules)
    }

    /// The machine's own calling conventions and those of its smaller siblings, by `uname -m`.
    private static let architectures = [
        "x86_64": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "aarch64": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        "riscv64": ["SCMP_ARCH_RISCV64"],
        "ppc64le": ["SCMP_ARCH_PPC64LE"],
        "s390x": ["SCMP_ARCH_S390X", "SCMP_ARCH_S390"],
    ]
}
