import Glibc
import Linux
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

    @Test func `a compiled filter is found again, and one that was made of something else is not`() throws {
        let folder = "/tmp/boxtop-filters-\(getpid())"
        defer { try? Files.removeTree(folder) }
        var profile = OCI.RuntimeSpec.Seccomp(
            defaultAction: "SCMP_ACT_ERRNO", syscalls: [.init(names: ["read", "write"], action: "SCMP_ACT_ALLOW")])
        let compiled = try SeccompFilter(profile)
        #expect(try SeccompFilter.cached(profile, in: folder) == compiled)
        let name = try #require(try Files.names(in: folder).first)
        #expect(try SeccompFilter.cached(profile, in: folder) == compiled)
        #expect(try Files.names(in: folder) == [name])
        // As if another profile had the same name, and as if the file had been cut short.
        let whole = try Files.read("\(folder)/\(name)")
        for damaged in [Array(whole.dropLast(3)), [whole[0] ^ 1] + whole.dropFirst(), Array(whole.prefix(9)), []] {
            try Files.replace("\(folder)/\(name)", with: damaged)
            #expect(try SeccompFilter.cached(profile, in: folder) == compiled)
            #expect(try Files.read("\(folder)/\(name)") == whole)
        }
        profile.syscalls[0].names.append("close")
        #expect(try SeccompFilter.cached(profile, in: folder) == SeccompFilter(profile))
        #expect(try Files.names(in: folder).count == 2)
    }
}
