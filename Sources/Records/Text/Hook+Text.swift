import JSON
import OCI

extension OCI.RuntimeSpec.Hook {
    /// Writes its members, as in a config.json.
    package func write(_ text: inout JSONText) {
        text.string("path", path)
        text.strings("args", args)
        text.strings("env", env)
        text.number("timeout", timeout.map { Int64($0) })
    }
}
