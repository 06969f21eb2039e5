/// What one of `--device-read-bps` and its three siblings asks for.
package struct DeviceRateFlag: Hashable, Sendable {
    /// The device's file on the host.
    package var path: String
    /// Bytes or operations a second.
    package var rate: UInt64

    package init(path: String, rate: UInt64) {
        self.path = path
        self.rate = rate
    }
}

extension Flag {
    /// `/dev/sda:1mb`: bytes a second.
    package func deviceBytes() throws(FlagError) -> DeviceRateFlag {
        let (path, rate) = try device(example: "/dev/sda:1mb")
        return DeviceRateFlag(path: path, rate: try Flag(name, rate).size(atLeast: 1, example: "/dev/sda:1mb"))
    }

    /// `/dev/sda:1000`: operations a second.
    package func deviceOperations() throws(FlagError) -> DeviceRateFlag {
        let (path, rate) = try device(example: "/dev/sda:1000")
        let number = try Flag(name, rate).number(in: 1...4_294_967_295, example: "/dev/sda:1000")
        return DeviceRateFlag(path: path, rate: UInt64(number))
    }

    private func device(example: String) throws(FlagError) -> (path: String, rate: String) {
        guard text.hasPrefix("/"), let split = text.lastIndex(of: ":"), text.index(after: split) < text.endIndex else {
            throw refused("write the device's path and the rate, as in \(name) \(example)")
        }
        return (String(text[..<split]), String(text[text.index(after: split)...]))
    }
}
