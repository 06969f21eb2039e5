/// The wire format of D-Bus, as much of it as one call of systemd takes: little-endian, each value on a multiple of
/// its size. See the D-Bus specification, "Message Protocol".
struct DBusMessage {
    /// A value with its type.
    indirect enum Value {
        case string(String)
        case path(String)
        case signature(String)
        case flag(Bool)
        case number(UInt64)
        case numbers([UInt32])

        var type: String {
            switch self {
            case .string: "s"
            case .path: "o"
            case .signature: "g"
            case .flag: "b"
            case .number: "t"
            case .numbers: "au"
            }
        }
    }

    private(set) var bytes: [UInt8] = []

    mutating func align(_ size: Int) {
        while bytes.count % size != 0 { bytes.append(0) }
    }

    mutating func append(_ number: UInt32) {
        align(4)
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }

    /// A signature has one byte of length.
    mutating func append(signature: String) {
        bytes.append(UInt8(clamping: signature.utf8.count))
        bytes.append(contentsOf: signature.utf8)
        bytes.append(0)
    }

    mutating func append(_ value: Value) {
        switch value {
        case .string(let text), .path(let text): append(text)
        case .signature(let text): append(signature: text)
        case .flag(let flag): append(flag ? 1 : 0 as UInt32)
        case .number(let number):
            align(8)
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        case .numbers(let numbers): array(of: 4) { for number in numbers { $0.append(number) } }
        }
    }

    /// A value that carries its type.
    mutating func append(variant value: Value) {
        append(signature: value.type)
        append(value)
    }

    /// An array, whose length does not count the padding in front of its first element.
    mutating func array(of alignment: Int, _ fill: (inout DBusMessage) -> Void) {
        append(0 as UInt32)
        let place = bytes.count - 4
        align(alignment)
        let start = bytes.count
        fill(&self)
        withUnsafeBytes(of: UInt32(bytes.count - start).littleEndian) { length in
            for (index, byte) in length.enumerated() { bytes[place + index] = byte }
        }
    }

    /// A method call: header and body.
    static func call(
        _ member: String, interface: String, path: String, destination: String, signature: String, serial: UInt32,
        body: DBusMessage
    ) -> [UInt8] {
        var message = DBusMessage()
        // Little-endian, a method call, no flags, version 1.
        message.bytes = [UInt8(ascii: "l"), 1, 0, 1]
        message.append(UInt32(body.bytes.count))
        message.append(serial)
        let fields: [(UInt8, Value)] = [
            (1, .path(path)), (2, .string(interface)), (3, .string(member)), (6, .string(destination)),
            (8, .signature(signature)),
        ]
        message.array(of: 8) { header in
            for (code, value) in fields {
                header.align(8)
                header.bytes.append(code)
                header.append(variant: value)
            }
        }
        message.align(8)
        return message.bytes + body.bytes
    }
}

/// What of an answer's header and body is of interest.
struct DBusAnswer {
    /// 2 is a method's return, 3 an error, 4 a signal.
    let kind: UInt8
    /// How long the whole message is, in bytes.
    let length: Int
    private let bytes: [UInt8]
    private let bodyStart: Int

    /// `nil` while `bytes` do not hold a whole message.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16 else { return nil }
        func number(_ place: Int) -> Int {
            bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        kind = bytes[1]
        bodyStart = (16 + number(12) + 7) / 8 * 8
        length = bodyStart + number(4)
        guard bytes.count >= length else { return nil }
        self.bytes = bytes
    }

    /// The first string of the body: an error's own words.
    var text: String {
        guard length >= bodyStart + 4 else { return "" }
        let count = bytes[bodyStart..<bodyStart + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: bytes[(bodyStart + 4)...].prefix(count), as: UTF8.self)
    }
}
