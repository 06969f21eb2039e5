import Cgroups
import Images
import Linux
import Records

/// All containers of one root: what a front end may do with them, each verb one call.
///
/// Containers are named by id, by an unambiguous beginning of it, or by name. A verb holds the container's lock while it
/// acts, so two at once come one after the other. Nothing here waits on a thread: a call returns when it is done.
///
///     let containers = try Containers(layout: layout, environment: environment)
///     let record = try containers.create(NewContainer(.image("tools")))
///     let started = try containers.start(record.id)
package struct Containers: Sendable {
    package let layout: Layout
    /// The caller's own, for `-e KEY`, `TERM` and where the runtime is.
    package let environment: [String: String]
    /// Gets what a person should know though it is no error, a sentence each.
    package var warn: @Sendable (String) -> Void = { _ in }
    let images: ImageStore
    let hierarchy: Hierarchy
    let files: StateFiles

    /// - Parameters:
    ///   - hierarchy: where the control groups are; found by looking where it is not given.
    package init(
        layout: Layout, environment: [String: String], hierarchy: Hierarchy = .discover()
    ) throws(ContainerError) {
        self.layout = layout
        self.environment = environment
        self.hierarchy = hierarchy
        images = ImageStore(root: layout.images)
        files = StateFiles(layout)
    }
}

/// A container that has just been made, and is nobody else's to start or to remove while this is.
package struct CreatedContainer: ~Copyable {
    package let record: ContainerRecord
    /// Where it says that it is ready, where it was made to.
    package var ready: FileDescriptor?
    let lock: ContainerLock?

    /// Others may start or remove it.
    package consuming func release() {}
}

/// A container that has been started.
package struct Started: ~Copyable {
    package let record: ContainerRecord
    package let running: Running
    /// One end of a SOCK_SEQPACKET of `AttachFrame`, from the first byte on; only when asked for.
    package var client: FileDescriptor?
}
