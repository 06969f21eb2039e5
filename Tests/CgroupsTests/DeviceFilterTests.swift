import Testing

@testable import Cgroups

@Suite struct DeviceFilterTests {
    private static let none = DeviceRule(allow: false)
    private static let null = DeviceRule(allow: true, kind: .character, major: 1, minor: 3)

    private static let cases: [[DeviceRule]] = [
        [], [none], [none, null],
        [none, DeviceRule(allow: true, kind: .character, access: .make), null],
        [none, DeviceRule(allow: true, kind: .character, major: 136)],
        [none, DeviceRule(allow: true, kind: .block, major: 8, minor: 0, access: .read)],
        [
            none, DeviceRule(allow: true, kind: .block, major: 8, minor: 0, access: .read),
            DeviceRule(allow: true, kind: .block, major: 8, minor: 0, access: .write),
        ],
        [DeviceRule(allow: true), DeviceRule(allow: false, kind: .block, major: 8)],
        [none, null, DeviceRule(allow: false, kind: .character, access: .write)],
        [null, none], [null, DeviceRule(allow: true)],
        [none, DeviceRule(allow: true, major: 1), DeviceRule(allow: false, kind: .block, major: 1)],
    ]

    /// What the rules mean, said in the plainest way: each thing asked for is decided by the last rule about it.
    private static func allows(_ rules: [DeviceRule], _ access: Access) -> Bool {
        [DeviceRule.Access.make, .read, .write].filter { access.wish.contains($0) }.allSatisfy { wish in
            rules.last {
                ($0.kind == nil || $0.kind == access.kind) && ($0.major == nil || $0.major == access.major)
                    && ($0.minor == nil || $0.minor == access.minor) && $0.access.contains(wish)
            }?.allow ?? false
        }
    }

    struct Access {
        var kind: DeviceRule.Kind
        var major: UInt32
        var minor: UInt32
        var wish: DeviceRule.Access
    }

    private static let accesses: [Access] = [DeviceRule.Kind.block, .character].flatMap { kind in
        [(1, 3), (1, 5), (8, 0), (8, 1), (136, 7)].flatMap { major, minor in
            (1...7).map { Access(kind: kind, major: major, minor: minor, wish: .init(rawValue: $0)) }
        }
    }

    @Test(arguments: cases)
    func `the generated program decides as the rules say`(rules: [DeviceRule]) throws {
        let program = DeviceProgram(rules)
        for access in Self.accesses {
            #expect(try run(program, access) == Self.allows(rules, access), "\(access)")
        }
    }

    /// The few instructions of eBPF that a device filter is made of.
    private func run(_ program: DeviceProgram, _ access: Access) throws -> Bool {
        let kind: UInt64 = access.kind == .block ? 1 : 2
        let context = [0: UInt64(access.wish.rawValue) << 16 | kind, 4: UInt64(access.major), 8: UInt64(access.minor)]
        var registers = [UInt64](repeating: 0, count: 11)
        var index = 0
        while true {
            let word = try #require(program.instructions.indices.contains(index) ? program.instructions[index] : nil)
            let (target, source) = (Int(word >> 8 & 15), Int(word >> 12 & 15))
            let (offset, operand) = (Int(word >> 16 & 0xffff), word >> 32)
            index += 1
            switch word & 0xff {
            case 0x61: registers[target] = try #require(context[offset])
            case 0xbf: registers[target] = registers[source]
            case 0xb7: registers[target] = operand
            case 0x57: registers[target] &= operand
            case 0x77: registers[target] >>= operand
            case 0x15: if registers[target] == operand { index += offset }
            case 0x55: if registers[target] != operand { index += offset }
            case 0x95: return registers[0] == 1
            default: Issue.record("operation \(word & 0xff)")
            }
        }
    }

    @Test func `v1 gets a default and its exceptions`() throws {
        let rules = [
            Self.none, Self.null, DeviceRule(allow: true, kind: .character, major: 136, access: [.read, .write]),
            DeviceRule(allow: true, major: 5, minor: 0, access: .read),
        ]
        let writes = try DeviceList(rules).writes.map { "\($0.file) \($0.value)" }
        #expect(
            writes == [
                "devices.deny a", "devices.allow c 1:3 rwm", "devices.allow c 136:* rw", "devices.allow b 5:0 r",
                "devices.allow c 5:0 r",
            ])
    }

    @Test func `what is denied again on v1 is no exception any more`() throws {
        let rules = [Self.none, Self.null, DeviceRule(allow: false, kind: .character, access: .write)]
        #expect(try DeviceList(rules).writes.map(\.value) == ["a", "c 1:3 rm"])
    }

    @Test func `on v1 a prohibition inside a permission is refused`() {
        #expect(throws: CgroupError.self) {
            try DeviceList([
                Self.none, DeviceRule(allow: true, kind: .block, major: 8),
                DeviceRule(allow: false, kind: .block, major: 8, minor: 0),
            ])
        }
    }

    @Test(arguments: ["", "x", "rwx", "R"])
    func `letters that are no access are refused`(letters: String) {
        #expect(DeviceRule.Access(letters: letters) == nil)
    }
}
