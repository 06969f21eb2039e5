import Containers

extension FlagValue {
    /// The least memory that a program can be started in: below, the kernel kills it before its first instruction.
    package static let leastMemory: UInt64 = 512 << 10

    /// A memory limit in bytes; `nil`, no limit, for 0, -1 and `unlimited`.
    package func memory() throws(FlagError) -> UInt64? {
        if ["0", "-1", "unlimited", "max"].contains(text) { return nil }
        let bytes = try parsed(by: Parse.bytes)
        guard bytes >= Self.leastMemory else {
            throw refused("is too little to start a program in: give at least 512k")
        }
        return bytes
    }

    /// Bytes, as in `64m`.
    package func bytes() throws(FlagError) -> UInt64 { try parsed(by: Parse.bytes) }
}

extension FlagValue {
    /// Swap on top of memory, out of docker's `--memory-swap`, which is memory and swap together; `nil` for -1.
    package func swap(beside memory: UInt64?) throws(FlagError) -> UInt64? {
        try parsed { text throws(ContainerError) in try Parse.swap(total: text, memory: memory) }
    }
}
