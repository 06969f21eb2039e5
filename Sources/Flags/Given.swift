extension Optional where Wrapped == String {
    /// An option's value; `nil` for an empty one too, since docker takes `--name ""` for a name that was not given.
    package var given: String? { flatMap { $0.isEmpty ? nil : $0 } }
}
