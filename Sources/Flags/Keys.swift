extension FlagValue {
    /// The bytes of a sequence of keys that detaches: `ctrl-p,ctrl-q`, or plain characters, `a,b`.
    package func detachKeys() throws(FlagError) -> [UInt8] {
        var keys: [UInt8] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bytes = Array(part.utf8)
            if bytes.count == 1 {
                keys.append(bytes[0])
            } else if part.hasPrefix("ctrl-"), bytes.count == 6, let code = Self.control(bytes[5]) {
                keys.append(code)
            } else {
                throw refused("is no list of keys: write them with commas between, as in ctrl-p,ctrl-q")
            }
        }
        return keys
    }

    private static func control(_ key: UInt8) -> UInt8? {
        switch key {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): key - 96
        case UInt8(ascii: "@"), UInt8(ascii: "[")...UInt8(ascii: "_"): key - 64
        default: nil
        }
    }
}
