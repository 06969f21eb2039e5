import OCI
import Testing

@testable import RuntimeCore

@Suite struct SeccompTests {
    @Test func `a profile that allows everything is no filter`() throws {
        #expect(try SeccompFilter(.init(defaultAction: "SCMP_ACT_ALLOW")) == nil)
    }

    @Test func `a profile becomes a program for the kernel, of whole instructions`() throws {
        let filter = try #require(
            try SeccompFilter(
                .init(
                    defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
                    syscalls: [.init(names: ["read", "write", "no_such_call"], action: "SCMP_ACT_ALLOW")])))
        #expect(filter.instructions.count % 8 == 0)
        #expect((10 * 8...4096 * 8).contains(filter.instructions.count))
    }

    @Test(
        arguments: [
            OCI.RuntimeSpec.Seccomp(defaultAction: "SCMP_ACT_DANCE"),
            .init(defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_PDP11"]),
            .init(defaultAction: "SCMP_ACT_ERRNO", flags: ["SECCOMP_FILTER_FLAG_FAST"]),
            .init(
                defaultAction: "SCMP_ACT_ERRNO",
                syscalls: [
                    .init(
                        names: ["read"], action: "SCMP_ACT_ALLOW", args: [.init(index: 9, value: 0, op: "SCMP_CMP_EQ")])
                ]),
        ])
    func `a profile that cannot be compiled is refused`(profile: OCI.RuntimeSpec.Seccomp) {
        #expect(throws: LaunchError.self) { try SeccompFilter(profile) }
    }
}
