extension RuntimeSpec {
    /// Which system calls the container may make. See seccomp(2), libseccomp.
    package struct Seccomp: Hashable, Sendable, Codable {
        /// `SCMP_ACT_ERRNO`, `SCMP_ACT_ALLOW`, …: what happens to a call that no rule names.
        package var defaultAction: String
        package var defaultErrnoRet: UInt32?
        /// `SCMP_ARCH_X86_64`, …; the host's own is always in.
        package var architectures: [String]
        /// `SECCOMP_FILTER_FLAG_LOG`, …
        package var flags: [String]
        package var listenerPath: String?
        package var listenerMetadata: String?
        package var syscalls: [Rule]

        package init(
            defaultAction: String, defaultErrnoRet: UInt32? = nil, architectures: [String] = [],
            flags: [String] = [], syscalls: [Rule] = []
        ) {
            self.defaultAction = defaultAction
            self.defaultErrnoRet = defaultErrnoRet
            self.architectures = architectures
            self.flags = flags
            self.syscalls = syscalls
        }

        package struct Rule: Hashable, Sendable, Codable {
            package var names: [String]
            package var action: String
            package var errnoRet: UInt32?
            /// All must hold; two about one argument are alternatives.
            package var args: [Argument]

            package init(names: [String], action: String, errnoRet: UInt32? = nil, args: [Argument] = []) {
                self.names = names
                self.action = action
                self.errnoRet = errnoRet
                self.args = args
            }
        }

        /// A condition on one argument of a call.
        package struct Argument: Hashable, Sendable, Codable {
            /// 0…5.
            package var index: UInt32
            package var value: UInt64
            /// The datum of `SCMP_CMP_MASKED_EQ`, of which `value` is the mask.
            package var valueTwo: UInt64?
            /// `SCMP_CMP_EQ`, …
            package var op: String

            package init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: String) {
                self.index = index
                self.value = value
                self.valueTwo = valueTwo
                self.op = op
            }
        }
    }
}
