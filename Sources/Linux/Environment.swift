import Glibc

/// A variable of this process's environment; `nil` where it is not set, or set to nothing.
package func environment(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
}
