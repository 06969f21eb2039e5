import Glibc
import Linux

/// An flock(2) on `volumes.lock` that says which volumes are in use: whoever makes a container holds it shared, from before
/// its volumes are found or made until lists show the container; whoever removes volumes holds it alone, and asks only
/// then what containers have. Who holds a container's own lock too has taken that first.
package struct VolumeLock: ~Copyable {
    package enum Purpose { case using, removing }

    private let file: FileDescriptor
    private let layout: Layout

    /// Waits for the lock.
    package init(_ purpose: Purpose, in layout: Layout) throws(SystemCallError) {
        let path = layout.volumesLock
        let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
        let number = file.number
        try systemCall("lock", path) { flock(number, purpose == .using ? LOCK_SH : LOCK_EX) }
        self.file = file
        self.layout = layout
    }

    /// Gives it back before this ends.
    package func release() { flock(file.number, LOCK_UN) }

    /// Takes the volumes `names` out of all lists, each in one step.
    ///
    /// - Returns: where they lie now: to be deleted once the lock is given back, since that may take long.
    package func setAside(_ names: [String]) throws(SystemCallError) -> [String] {
        var paths: [String] = []
        if !names.isEmpty { try Files.makeDirectories(layout.building, mode: 0o700) }
        for name in names {
            let (from, to) = ("\(layout.volumes)/\(name)", "\(layout.building)/removed-\(name)-\(getpid())")
            do { try systemCall("rename", from) { rename(from, to) } } catch {
                // Somebody has removed it already.
                if error.errno == .noSuchFile { continue }
                throw error
            }
            paths.append(to)
        }
        return paths
    }
}

extension StateFiles {
    /// Removes those of `names` that no container was made with.
    ///
    /// Throws where a record cannot be read: what that one has, nobody could tell, and so none goes.
    package func removeUnused(volumes names: [String]) throws(RecordError) {
        if names.isEmpty { return }
        let lock: VolumeLock
        do { lock = try VolumeLock(.removing, in: layout) } catch { throw .system(error) }
        let used = try usedVolumes()
        do throws(SystemCallError) {
            let paths = try lock.setAside(names.filter { !used.contains($0) })
            lock.release()
            for path in paths { try Files.removeTree(path) }
        } catch { throw .system(error) }
    }

    /// The volumes that containers were made with.
    private func usedVolumes() throws(RecordError) -> Set<String> {
        var used: Set<String> = []
        for id in ids() {
            do throws(RecordError) { used.formUnion(try record(of: id).volumes.map(\.name)) } catch {
                if case .system(let reason) = error, reason.errno == .noSuchFile { continue }
                throw error
            }
        }
        return used
    }
}
