import JSON

// By hand, as the record that they are a part of: see Records+Text.

extension NetworkRequest {
    init(_ node: Node) throws(JSONError) {
        self.init(try Mode(try node.required("mode", try node.object("mode"))))
        for element in try node.elements("attachments") { attachments.append(try NetworkAttachment(element)) }
        for element in try node.elements("ports") { ports.append(try PublishedPort(element)) }
    }

    func write(_ text: inout JSONText) {
        text.object("mode", mode.write)
        text.objects("attachments", attachments) { $1.write(&$0) }
        text.objects("ports", ports) { $1.write(&$0) }
    }
}

extension NetworkRequest.Mode {
    fileprivate init(_ node: Node) throws(JSONError) {
        if try node.object("bridges") != nil {
            self = .bridges
        } else if try node.object("none") != nil {
            self = .none
        } else {
            self = try node.decode(Self.self)
        }
    }

    fileprivate func write(_ text: inout JSONText) {
        switch self {
        case .none: text.object("none") { _ in }
        case .host: text.object("host") { _ in }
        case .container(let id): text.object("container") { $0.string("_0", id) }
        case .bridges: text.object("bridges") { _ in }
        case .user: text.object("user") { _ in }
        }
    }
}

extension NetworkAttachment {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(try node.text("network"))
        aliases = try node.strings("aliases")
        address4 = try node.string("address4")
        address6 = try node.string("address6")
        mac = try node.string("mac")
    }

    fileprivate func write(_ text: inout JSONText) {
        text.string("network", network)
        text.strings("aliases", aliases)
        text.string("address4", address4)
        text.string("address6", address6)
        text.string("mac", mac)
    }
}

extension PublishedPort {
    fileprivate init(_ node: Node) throws(JSONError) {
        guard let transport = Transport(rawValue: try node.text("transport")) else {
            throw node.wrong("its transport is neither tcp nor udp")
        }
        self.init(
            transport, address: try node.string("address"),
            hostPort: try node.required("hostPort", try node.uint16("hostPort")),
            port: try node.required("port", try node.uint16("port")),
            count: try node.required("count", try node.uint16("count")))
        chosen = try node.object("chosen").map { choice throws(JSONError) in
            PortChoice(
                first: try choice.required("first", try choice.uint16("first")),
                count: try choice.required("count", try choice.uint16("count")))
        }
    }

    fileprivate func write(_ text: inout JSONText) {
        text.string("transport", transport.rawValue)
        text.string("address", address)
        text.number("hostPort", UInt32(hostPort))
        text.number("port", UInt32(port))
        text.number("count", UInt32(count))
        if let chosen {
            text.object("chosen") { text in
                text.number("first", UInt32(chosen.first))
                text.number("count", UInt32(chosen.count))
            }
        }
    }
}

extension NetworkState {
    package init(_ node: Node) throws(JSONError) {
        self.init()
        for element in try node.elements("interfaces") { interfaces.append(try NetworkInterface(element)) }
        for element in try node.elements("ports") { ports.append(try PublishedPort(element)) }
    }

    /// The JSON of it.
    package var text: [UInt8] {
        JSONText.object { text in
            text.objects("interfaces", interfaces) { $1.write(&$0) }
            text.objects("ports", ports) { $1.write(&$0) }
        }
    }
}

extension NetworkInterface {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            network: try node.text("network"), name: try node.text("name"), hostName: try node.text("hostName"),
            mac: try node.text("mac"), address4: try node.text("address4"),
            prefix4: try node.required("prefix4", try node.int("prefix4")))
        gateway4 = try node.string("gateway4")
        address6 = try node.string("address6")
        prefix6 = try node.int("prefix6")
        gateway6 = try node.string("gateway6")
    }

    fileprivate func write(_ text: inout JSONText) {
        text.string("network", network)
        text.string("name", name)
        text.string("hostName", hostName)
        text.string("mac", mac)
        text.string("address4", address4)
        text.number("prefix4", Int64(prefix4))
        text.string("gateway4", gateway4)
        text.string("address6", address6)
        text.number("prefix6", prefix6.map { Int64($0) })
        text.string("gateway6", gateway6)
    }
}
