import JSON
import Linux

/// The part of a container's record that a plain list shows: to read no more of a hundred records than their names is
/// half the work.
package struct RecordSummary: Hashable, Sendable {
    package var id: String
    package var name: String
    package var created: Timestamp
    package var image: String
    package var command: [String]
    package var ports: [PublishedPort]
    /// The build that it is a step of.
    package var builder: ProcessIdentity?
}

extension StateFiles {
    package func summary(of id: String) throws(RecordError) -> RecordSummary {
        let path = layout.record(id)
        let bytes: [UInt8]
        do { bytes = try Files.read(path, limit: 16 << 20) } catch { throw RecordError(error, path) }
        let summary: RecordSummary
        if let scanned = RecordSummary(scanning: bytes) {
            summary = scanned
        } else {
            do { summary = try Node.read(bytes) { node throws(JSONError) in try RecordSummary(node) } } catch {
                throw .content(path: path, reason: "\(error)")
            }
        }
        try Self.check(summary.id, is: id, at: path)
        return summary
    }
}

extension RecordSummary {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            id: try node.text("id"), name: try node.text("name"), created: try node.timestamp("created"),
            image: try node.text("image"), command: try node.strings("command"), ports: [])
        if let builder = try node.object("builder") { self.builder = try ProcessIdentity(builder) }
        guard let network = try node.object("network") else { return }
        for port in try network.elements("ports") { ports.append(try port.decode(PublishedPort.self)) }
    }
}
