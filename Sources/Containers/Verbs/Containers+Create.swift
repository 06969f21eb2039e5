import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Records

extension Containers {
    /// Makes a container: all of it, or nothing. What is wrong with the flags is said before anything is made.
    package func create(_ new: NewContainer) throws(ContainerError) -> ContainerRecord { try createHeld(new).record }

    /// The same, for who starts it next: until then nobody else does, and no prune takes it away.
    package func createHeld(_ new: NewContainer) throws(ContainerError) -> CreatedContainer {
        do throws(ContainerError) {
            try check(new)
            guard case .image = new.source else { return try make(new, on: try base(of: new)) }
            // Else a prune would take the layers away before the container counts as one that uses them.
            let held = try holdImages()
            defer { _ = held.number }
            return try make(new, on: try base(of: new))
        } catch {
            throw error.exitCode == 1 ? error.withExitCode(125) : error
        }
    }

    private func check(_ new: NewContainer) throws(ContainerError) {
        if let name = new.name { try ContainerName.check(name) }
        if let hostname = new.hostname, !Parse.isHostname(hostname) || hostname.utf8.count > 63 {
            throw ContainerError(.invalid, "“\(hostname)” is no host name: letters, digits and -, at most 63")
        }
        if let domain = new.domainname, !Parse.isHostname(domain) || domain.utf8.count > 63 {
            throw ContainerError(.invalid, "“\(domain)” is no domain name: letters, digits, - and ., at most 63")
        }
        if new.autoRemove && new.restart != .no {
            throw ContainerError(.conflict, "--rm and --restart exclude each other: give one of them")
        }
        if new.users == .automatic && new.privileged {
            throw ContainerError(.conflict, "a privileged container has the host's ids: leave out --userns auto")
        }
        if new.users == .host && geteuid() != 0 {
            throw ContainerError(
                .unsupported,
                "--userns host needs root: in a container of user \(geteuid()), root is that user, and all other ids are "
                    + "of /etc/subuid; leave it out")
        }
        if let timeout = new.stopTimeout, !(timeout >= -1 && timeout < 1e9) {
            throw ContainerError(.invalid, "a stop timeout of \(timeout) is not possible: seconds, or -1 for ever")
        }
        if let adjustment = new.oomScoreAdjustment, !(-1_000...1_000).contains(adjustment) {
            throw ContainerError(.invalid, "an OOM score adjustment of \(adjustment) is not possible: −1000 to 1000")
        }
        if let size = new.sharedMemory, size < 4_096 {
            throw ContainerError(.invalid, "/dev/shm of \(size) bytes is not possible: at least 4k")
        }
        for server in new.nameServers where !Parse.isAddress(server) {
            throw ContainerError(.invalid, "“\(server)” is no address of a name server: an IPv4 or IPv6 address")
        }
        for option in new.resolverOptions where option.isEmpty || option.contains(where: \.isWhitespace) {
            throw ContainerError(.invalid, "“\(option)” is no option of resolv.conf: one word, as in ndots:1")
        }
        try LimitsCheck.check(new.limits)
    }

    private func make(_ new: NewContainer, on base: Base) throws(ContainerError) -> CreatedContainer {
        if case .timed = new.health, HealthCheck(new.health, base.defaults.health) == nil {
            throw ContainerError(
                .invalid, "a check's times need the check itself, and \(base.name) has none: add --health-cmd")
        }
        var new = new
        new.limits.devices = try BlockDevice.merge(new.deviceRates, into: new.limits.devices)
        // The limit that nobody asked for is no reason to refuse a container where nobody may write it.
        if new.limits.processes == DefaultIsolation.limits.processes,
            cgroupLines([.pids]).contains(where: { $0.verdict == .missing })
        {
            new.limits.processes = nil
        }
        try checkReach(of: new.limits)
        warnOfLowered(new)
        try prepareFolders()
        sweep()
        let other = try sharedProcesses(of: new)
        let id = ContainerID.random()
        var building = try Building(id, layout)
        let name = try building.takeName(new.name)
        let facts = HostFacts.current()
        let (maps, ids) = try users(of: new, &building, facts: facts, sharedWith: other)
        let root = base.folders.root
        let account = try account(of: new, base: base, below: maps.count)
        var bundle = Bundle(
            new: new, base: base, id: id, facts: facts, environment: environment, ids: maps, account: account,
            folder: layout.container(id), cgroup: layout.cgroup(id))
        let network = try self.network(of: new, base)
        if case .container(let id) = network.mode {
            bundle.new.network = .container(id)
            // The names in its network are the other's, and so is its own.
            let other = try specification(id)
            bundle.new.hostname = other.hostname ?? facts.hostname
            bundle.new.domainname = new.domainname ?? other.domainname
        }
        try checkGateway(of: new, network)
        try LimitsCheck.check(ratesOf: new.limits, in: network)
        if network.needsHooks {
            bundle.hooks = NetworkHooks.hooks(
                program: try RuntimeProgram.front(environment), layout,
                path: network.mode == .user ? environment["PATH"] : nil)
        }
        bundle.seccompProfile = try SeccompProfile.load(new.security, bundle)
        bundle.devices = try devices(of: new, ownUsers: bundle.hasOwnUsers)

        if !(new.volumes.isEmpty && new.volumesFrom.isEmpty && base.defaults.volumes.isEmpty) {
            try building.holdVolumes()
        }
        var uses: [VolumeUse] = []
        new.volumes += try inherited(by: new)
        for request in volumes(of: new, base) {
            let resolved = try Volumes(layout: layout).resolve(request, root: root) { name in
                allVolumes().allSatisfy { $0.name != name || $0.users.isEmpty }
            }
            if let made = resolved.made { building.note(volume: made) }
            if let use = resolved.use { uses.append(use) }
            switch resolved.mount {
            case .folder(let volume): bundle.volumes.append(volume)
            case .memory(let memory): bundle.new.tmpfs.append(memory)
            }
        }

        var record = try record(of: bundle, name: name)
        record.volumes = uses
        record.network = network
        record.processesOf = other?.id
        record.ids = ids
        try write(bundle, record, to: building)
        let messages = new.saysReady ? try building.listenForReady() : nil
        let lock = try building.commit(durable: !record.autoRemove)
        EventLog(layout).append(.created, of: record, at: record.created, detail: record.image)
        return CreatedContainer(record: record, ready: messages, lock: lock)
    }

    /// What a container whose end removes it needs not outlive a crash of the host.
    private func write(
        _ bundle: Bundle, _ record: ContainerRecord, to building: borrowing Building
    ) throws(ContainerError) {
        let durable = !record.autoRemove
        if !durable { try building.makeFolder(Layout.transienceName, mode: 0o700) }
        if case .layers = bundle.base.folders {
            try building.makeFolder("upper", mode: 0o755)
            try building.makeFolder("work", mode: 0o755)
            try building.makeFolder("rootfs", mode: 0o755)
        }
        let resolver = ResolverFile(bundle.new)
        let host = (hosts: Files.text("/etc/hosts") ?? "", resolver: resolver.host)
        if resolver.lacksNameServer(host: host.resolver) {
            warn(
                "this host's /etc/resolv.conf names no name server that a container can reach: it finds no names of other "
                    + "hosts, unless --dns ADDRESS gives one")
        }
        for file in OwnFiles.texts(for: bundle.new, hostname: bundle.hostname, host: host) {
            try building.write(text: file.text.utf8, to: file.name, mode: 0o644, durable: durable)
        }
        let specification = try bundle.specification()
        try building.write(to: "config.json", durable: durable) { () throws(JSONError) in try specification.text() }
        try building.write(to: "container.json", durable: durable) { () throws(JSONError) in try record.text() }
    }

    /// Limits that nobody here may write are refused before the container is there, with what would enable them.
    private func checkReach(of limits: Limits) throws(ContainerError) {
        if limits == Limits() { return }
        let needed = hierarchy.needed(for: limits, gauges: false)
        let asked = [
            (Controller.cpu, limits.cpus != nil || limits.cpuWeight != nil), (.cpuset, limits.cores != nil),
            (.memory, limits.memory != nil || limits.memoryReservation != nil), (.pids, limits.processes != nil),
            (.io, !limits.devices.isEmpty),
        ].filter { $0.1 && (needed.contains($0.0) || hierarchy.tree(of: $0.0) == nil) }.map(\.0)
        for line in cgroupLines(asked) where line.verdict == .missing {
            throw ContainerError(
                .unsupported, "no \(line.subject) here (\(line.detail)): \(line.remedy ?? "see boxtop info")")
        }
    }

    private func record(of bundle: Bundle, name: String) throws(ContainerError) -> ContainerRecord {
        let (new, base) = (bundle.new, bundle.base)
        let rootfs: Rootfs =
            switch base.folders {
            case .directory(let path): .directory(path)
            case .layers(let layers):
                .layers(layers, upper: "\(bundle.folder)/upper", work: "\(bundle.folder)/work")
            }
        var record = ContainerRecord(
            id: bundle.id, name: name, created: .now, image: base.name, rootfs: rootfs,
            command: try bundle.arguments())
        record.asked = bundle.asked
        record.entryPointCount = bundle.entrypoint.isEmpty ? nil : bundle.entrypoint.count
        record.imageDigest = base.digest
        record.limits = new.limits
        record.restart = new.restart
        record.autoRemove = new.autoRemove
        record.terminal = new.terminal
        record.openInput = new.openInput
        record.initProcess = new.initProcess
        record.health = HealthCheck(new.health, base.defaults.health)
        record.privileged = new.privileged
        record.optOuts = new.optOuts(ownUsers: bundle.hasOwnUsers)
        record.log = new.log
        record.builder = new.builder
        record.labels = base.defaults.labels.merging(new.labels) { $1 }
        if let signal = new.stopSignal {
            record.stopSignal = signal
        } else if !base.defaults.stopSignal.isEmpty {
            // An image that asks for a signal that does not exist gets the usual one.
            record.stopSignal = (try? Parse.signal(base.defaults.stopSignal)) ?? record.stopSignal
        }
        if let timeout = new.stopTimeout { record.stopTimeout = timeout }
        return record
    }

    private func volumes(of new: NewContainer, _ base: Base) -> [VolumeRequest] {
        let taken = Set(new.volumes.map(\.destination) + new.tmpfs.map(\.destination))
        let wanted = base.defaults.volumes.map(Paths.normal).filter { !taken.contains($0) && $0 != "/" }
        let isOfKernel = { (path: String) in path == "/proc" || path.hasPrefix("/proc/") }
        for path in wanted where isOfKernel(path) {
            warn("the image's volume \(path) is left out: nothing lies over the kernel's /proc")
        }
        return new.volumes + wanted.filter { !isOfKernel($0) }.map { VolumeRequest(.anonymous, at: $0) }
    }

    private func devices(of new: NewContainer, ownUsers: Bool) throws(ContainerError) -> [Bundle.Device] {
        var devices: [Bundle.Device] = []
        for request in new.devices { devices.append(try Bundle.Device(request, ownUsers: ownUsers)) }
        guard new.privileged, !ownUsers else { return devices }
        let taken = Set(new.devices.map(\.destination))
        for request in Bundle.Device.all() where !taken.contains(request.destination) {
            // One that vanishes meanwhile is none.
            if let device = try? Bundle.Device(request, ownUsers: false) { devices.append(device) }
        }
        return devices
    }

    func prepareFolders() throws(ContainerError) {
        try explaining { () throws(SystemCallError) in
            for folder in [layout.names, layout.idRanges] { try Files.makeDirectories(folder, mode: 0o711) }
            // What a container's root has written is root's on disk, and may become root: not for this host's users.
            for folder in [layout.containers, layout.building] { try Files.makeDirectories(folder, mode: 0o700) }
            try Files.makeDirectories(layout.run, mode: 0o711)
        }
    }
}
