import JSON
import Linux

/// The part of a container's record that a plain list shows: to read no more of a hundred records than their names is
/// half the work.
package struct RecordSummary: Hashable, Sendable, Decodable {
    package var id: String
    package var name: String
    package var created: Timestamp
    package var image: String
    package var command: [String]
    package var network: Ports?

    package struct Ports: Hashable, Sendable, Decodable {
        package var ports: [PublishedPort]
    }
}

extension StateFiles {
    package func summary(of id: String) throws(RecordError) -> RecordSummary {
        let path = layout.record(id)
        let bytes: [UInt8]
        do { bytes = try Files.read(path, limit: 16 << 20) } catch { throw .system(error) }
        do { return try JSON.decode(RecordSummary.self, from: bytes) } catch {
            throw .content(path: path, reason: "\(error)")
        }
    }
}
