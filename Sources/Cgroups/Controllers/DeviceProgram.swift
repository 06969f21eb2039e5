/// A device filter as an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE: it gets a `bpf_cgroup_dev_ctx` (kind and
/// access, major, minor; 32 bits each) and returns 1 to allow. See <linux/bpf.h>.
///
/// The rules are tried from the last. An access may ask for two things at once, and two rules may each allow one: so
/// what a rule allows is struck from the wish, and a wish with nothing left is granted.
struct DeviceProgram: Hashable {
    /// In the kernel's form: operation, registers, offset, operand, lowest byte first.
    private(set) var instructions: [UInt64] = []

    private enum Register: UInt64 {
        case result = 0
        case context = 1
        case wish = 2
        case kind = 3
        case major = 4
        case minor = 5
        case overlap = 6
    }

    private enum Operation: UInt64 {
        case load32 = 0x61
        case copy = 0xbf
        case set = 0xb7
        case and = 0x57
        case shiftRight = 0x77
        case jumpIfEqual = 0x15
        case jumpIfNotEqual = 0x55
        case exit = 0x95
    }

    init(_ rules: [DeviceRule]) {
        emit(.load32, .wish, from: .context, offset: 0)
        emit(.copy, .kind, from: .wish)
        emit(.and, .kind, operand: 0xffff)
        emit(.shiftRight, .wish, operand: 16)
        emit(.load32, .major, from: .context, offset: 4)
        emit(.load32, .minor, from: .context, offset: 8)
        for rule in rules.reversed() {
            emit(rule)
            // The verifier refuses a program with instructions that nothing leads to.
            if rule.isSweeping { return }
        }
        decide(allow: false)
    }

    private mutating func emit(_ rule: DeviceRule) {
        var conditions: [(Register, UInt32)] = []
        if let kind = rule.kind { conditions.append((.kind, kind == .block ? 1 : 2)) }
        if let major = rule.major { conditions.append((.major, major)) }
        if let minor = rule.minor { conditions.append((.minor, minor)) }
        var body = DeviceProgram()
        if rule.access != .all {
            if rule.allow {
                body.emit(.and, .wish, operand: UInt32(DeviceRule.Access.all.subtracting(rule.access).rawValue))
                body.emit(.jumpIfNotEqual, .wish, offset: 2)
            } else {
                body.emit(.copy, .overlap, from: .wish)
                body.emit(.and, .overlap, operand: UInt32(rule.access.rawValue))
                body.emit(.jumpIfEqual, .overlap, offset: 2)
            }
        }
        body.decide(allow: rule.allow)
        for (index, (register, value)) in conditions.enumerated() {
            let rest = conditions.count - index - 1 + body.instructions.count
            emit(.jumpIfNotEqual, register, offset: UInt64(rest), operand: value)
        }
        instructions += body.instructions
    }

    private init() {}

    private mutating func decide(allow: Bool) {
        emit(.set, .result, operand: allow ? 1 : 0)
        emit(.exit, .result)
    }

    private mutating func emit(
        _ operation: Operation, _ target: Register, from source: Register = .result, offset: UInt64 = 0,
        operand: UInt32 = 0
    ) {
        instructions.append(
            operation.rawValue | target.rawValue << 8 | source.rawValue << 12 | offset << 16 | UInt64(operand) << 32)
    }
}
