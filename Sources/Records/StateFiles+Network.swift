import JSON
import Linux

extension StateFiles {
    /// A running container's interfaces, and the ports that lead into it.
    package func network(of id: String) -> NetworkState? {
        try? read(layout.networkState(id)) { node throws(JSONError) in try NetworkState(node) }
    }
}
