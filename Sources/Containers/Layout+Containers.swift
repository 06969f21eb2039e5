import Records

extension Layout {
    /// Where a container goes, in one step, before it is deleted at leisure: a name that is no id, as the supervisor
    /// has it for `--rm`.
    func leaving(_ id: String) -> String { "\(containers)/.\(id).removed" }

    /// What a named volume holds.
    package func volumeData(_ name: String) -> String { "\(volumes)/\(name)/_data" }
    /// What is known of volume `name`, beside what it holds.
    func volumeRecord(_ name: String) -> String { "\(volumes)/\(name)/volume.json" }
}
