import Glibc
import Linux
import Records

/// Things that one container at a time may have, a name or a range of ids: symbolic links to the owner's id, made in one
/// exclusive call. The link of an owner that is no more (a crash, a removal cut short) is anybody's to take.
struct Claims {
    let folder: String
    private let layout: Layout

    init(_ folder: String, _ layout: Layout) {
        self.folder = folder
        self.layout = layout
    }

    static func names(_ layout: Layout) -> Claims { Claims(layout.names, layout) }
    static func idRanges(_ layout: Layout) -> Claims { Claims(layout.idRanges, layout) }

    /// Who has `key`, as long as it exists.
    func owner(of key: String) -> String? {
        guard let id = target(of: key), isLive(id) else { return nil }
        return id
    }

    /// What `id` has.
    func key(of id: String) -> String? {
        ((try? Files.names(in: folder)) ?? []).first { target(of: $0) == id }
    }

    /// Takes `key` for `id`; `false` where another container has it.
    func claim(_ key: String, for id: String) throws(ContainerError) -> Bool {
        if try link(key, to: id) { return true }
        if let owner = target(of: key), owner == id { return true }
        if owner(of: key) != nil { return false }
        // Left behind. Two who both see that must not both take it: one at a time looks again.
        let lock = try ContainerLock.take(layout.sweepLock)
        defer { withExtendedLifetime(lock.number) {} }
        if owner(of: key) != nil { return false }
        unlink("\(folder)/\(key)")
        return try link(key, to: id)
    }

    /// Gives `key` back, where it is `id`'s.
    func release(_ key: String, by id: String) { layout.release(claim: "\(folder)/\(key)", of: id) }

    /// Takes away the links of owners that are no more.
    func sweep() {
        guard let lock = try? ContainerLock.take(layout.sweepLock) else { return }
        for key in (try? Files.names(in: folder)) ?? [] where owner(of: key) == nil { unlink("\(folder)/\(key)") }
        _ = lock.number
    }

    private func link(_ key: String, to id: String) throws(ContainerError) -> Bool {
        let path = "\(folder)/\(key)"
        do {
            try systemCall("make", path) { symlink(id, path) }
            return true
        } catch {
            if error.errno == .exists { return false }
            throw ContainerError("cannot keep the name", error)
        }
    }

    private func target(of key: String) -> String? { Files.linkTarget("\(folder)/\(key)") }

    private func isLive(_ id: String) -> Bool {
        // In this order: what is in neither place at two moments may have been renamed from the one to the other meanwhile.
        ContainerID.isComplete(id) && (Files.exists(layout.building(id)) || StateFiles(layout, boot: "").has(id))
    }
}
