import CLinux
import Glibc
import Linux
import Records

extension Networks {
    /// Takes away what a container that has ended had of networks: rules, names and ports. Its cables go with its
    /// namespace, by the kernel, which is in no hurry: asked to, it would take 30 ms and more. Its addresses stay its own
    /// until it is removed.
    ///
    /// - Parameter releasing: the container is being removed as well.
    package func takeDown(_ id: String, releasing: Bool = false) throws(NetworkError) {
        disconnect(id)
        if let connection = try takeAway(id, releasing: releasing) { close(aside: connection) }
    }

    /// The same of containers that have ended with nobody there to see it, since their supervisors were killed too. Where
    /// somebody changes networks right now, that one does it.
    package func releaseUnseen() {
        guard geteuid() == 0, let lock = try? lock(isPatient: false) else { return }
        defer { withExtendedLifetime(lock) {} }
        let members = members()
        let gone = members.filter(hasEndedUnseen)
        if gone.isEmpty { return }
        if let connection = try? takeAway(gone, leaving: members.filter { !gone.contains($0) }) {
            close(aside: connection)
        }
        for member in gone { unlink(layout.networkState(member.id)) }
    }

    /// Whether the life that this line is of is over. What is being started has a process, of which nothing is written yet.
    private func hasEndedUnseen(_ member: Member) -> Bool {
        let files = StateFiles(layout)
        guard let written = files.written(for: member.id), !files.isSupervised(written) else { return false }
        if written.status.running?.process.pid == member.process { return files.truth(written).status.running == nil }
        return !(ProcessIdentity(of: member.process)?.isAlive ?? false)
    }

    private func takeAway(_ id: String, releasing: Bool) throws(NetworkError) -> FileDescriptor? {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let (living, gone) = split(members(), without: id)
        var connection: FileDescriptor?
        if !gone.isEmpty {
            connection = try takeAway(gone, leaving: living)
        }
        unlink(layout.networkState(id))
        if releasing { releaseAddresses(of: id, in: Set(gone.map(\.network))) }
        return connection
    }

    /// Out of the rules, the list and the others' names.
    private func takeAway(_ gone: [Member], leaving living: [Member]) throws(NetworkError) -> FileDescriptor? {
        // Where the rules are not as they were left, there is nothing of it to take away.
        let connection = try? change(adding: [], removing: gone)
        try write(living)
        HostNames(layout).refresh(living, networks: Set(gone.map(\.network)), own: nil)
        return connection
    }

    /// Leaves the end of a connection to the packet filter to a process of its own: the kernel lets whoever closes it
    /// wait until no processor can still be looking at what was removed, which it knows by itself a moment later. The
    /// container's end need not wait for that.
    private func close(aside connection: consuming FileDescriptor) {
        let number = connection.number
        guard fork() == 0 else { return }
        // Nothing else of the hook stays open, least of all what its caller reads until the end.
        if number > 0 { clinux_close_range(0, UInt32(number) - 1, 0) }
        clinux_close_range(UInt32(number) + 1, .max, 0)
        usleep(100_000)
        _exit(0)
    }

    /// Gives back the addresses of a container that is removed: of all networks, or of those named.
    package func releaseAddresses(of id: String, in names: Set<String>? = nil) {
        for network in list() where names?.contains(network.name) ?? true {
            AddressPool(network, layout).releaseAll(of: id)
        }
    }

    /// Ends what connects a container of a user without root, and gives its ports back with that.
    package func disconnect(_ id: String) { Pasta.end(layout.pasta(id)) }

    /// The containers that `disconnect` may have something to end of.
    package func connected() -> [String] { (try? Files.names(in: layout.pastas)) ?? [] }
}
