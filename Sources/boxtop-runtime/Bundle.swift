import Cgroups
import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// A bundle on disk: a folder with a config.json.
struct Bundle {
    let folder: String
    let bytes: [UInt8]
    let spec: OCI.RuntimeSpec

    /// - Parameters:
    ///   - path: as the person gave it; the working directory where absent.
    ///   - configuration: another file than its config.json.
    init(_ path: String?, configuration: String? = nil) throws(Failure) {
        guard let resolved = realpath(path ?? ".", nil) else {
            throw Failure("the bundle \(path ?? "."): \(Errno.current)")
        }
        defer { free(resolved) }
        let folder = String(decoding: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)), as: UTF8.self)
        self.folder = folder
        let file = configuration ?? "\(folder)/config.json"
        bytes = try failing { () throws(SystemCallError) in try Files.read(file) }
        do { spec = try .read(bytes) } catch { throw Failure("\(file): \(error)") }
        if !Self.isKnown(spec.ociVersion) {
            throw Failure("\(file): ociVersion: \"\(spec.ociVersion)\" is no version 1.x.y")
        }
    }

    /// Whether `version` is one of semantic versioning, and compatible with this runtime's.
    private static func isKnown(_ version: String) -> Bool {
        let core = version.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        let numbers = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isNumber = { (part: Substring.UTF8View) in
            (1...19).contains(part.count) && part.allSatisfy { (48...57).contains($0) }
        }
        return numbers.count == 3 && numbers.allSatisfy(isNumber) && version.begins(with: "1.")
    }

    /// Whether `version`, a known one, is below 1.3.
    static func isOld(_ version: String) -> Bool {
        let minor = version.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
        return minor == "0" || minor == "1" || minor == "2"
    }

    fileprivate static func absolute(_ path: String, _ folder: String) -> String {
        path.begins(with: "/") ? path : "\(folder)/\(path)"
    }

    /// How to launch it as container `id`.
    ///
    /// - Parameter usesSystemd: its control group is made by systemd.
    func request(_ id: String, usesSystemd: Bool, _ hierarchy: Hierarchy) throws(Failure) -> LaunchRequest {
        guard let root = spec.root else { throw Failure("\(folder)/config.json: root: it is missing") }
        let rootfs = Self.absolute(root.path, folder)
        var request = LaunchRequest(
            spec: spec, bundle: folder, id: id, rootfs: .directory(rootfs), mapsOwners: false,
            cgroup: hierarchy.absolute(Self.cgroup(spec, id)),
            limits: Limits(spec.linux?.resources))
        request.hierarchy = hierarchy
        // A person who is not root was given no place in most of them.
        request.trees = geteuid() != 0 ? .limited : namesGroup ? .all : showsTrees ? .measured : .limited
        if usesSystemd {
            let path = Self.scopePath(spec, id)
            guard let scope = SystemdScope(path) else {
                throw Failure(
                    "\(folder)/config.json: linux.cgroupsPath: \"\(path)\" is not SLICE:PREFIX:NAME, as for systemd")
            }
            request.scope = scope
            request.cgroup = scope.path
        }
        request.settings = Setting.all(spec.linux?.resources)
        return request
    }

    private var namesGroup: Bool { spec.linux?.cgroupsPath?.isEmpty == false }

    /// Whether the program is shown the trees of cgroup v1, where it looks for what it takes itself.
    private var showsTrees: Bool { spec.mounts.contains { $0.type == "cgroup" } }

    /// Whether others are in the control group that the configuration names, before `request` puts the container in.
    func sharesGroup(_ request: LaunchRequest) -> Bool {
        guard namesGroup, request.scope == nil, let path = request.cgroup, let hierarchy = request.hierarchy,
            let group = try? Cgroup(path, in: hierarchy)
        else { return false }
        return !group.processes().isEmpty
    }

    /// `SLICE:PREFIX:NAME` of the scope that systemd is asked for.
    private static func scopePath(_ spec: OCI.RuntimeSpec, _ id: String) -> String {
        spec.linux?.cgroupsPath.flatMap { $0.isEmpty ? nil : $0 } ?? ":boxtop-runtime:\(id)"
    }

    /// The scope of systemd's that a container has its control group `cgroup` from.
    static func scope(_ spec: OCI.RuntimeSpec, _ id: String, at cgroup: String) -> SystemdScope? {
        // Asked first, since the rest asks systemd where it is.
        guard cgroup.utf8.suffix(6).elementsEqual(".scope".utf8) else { return nil }
        return SystemdScope(scopePath(spec, id)).flatMap { $0.path == cgroup ? $0 : nil }
    }

    /// Where the control group of `spec` is. `SLICE:PREFIX:NAME`, as for systemd, is a place as well.
    static func cgroup(_ spec: OCI.RuntimeSpec, _ id: String, usesSystemd: Bool = false) -> String {
        guard let path = spec.linux?.cgroupsPath, !path.isEmpty else { return "/boxtop-runtime/\(id)" }
        if usesSystemd, let scope = SystemdScope(path) { return scope.path }
        let parts = path.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 3 { return "/\(parts[0].isEmpty ? "system.slice" : parts[0])/\(parts[1])-\(parts[2]).scope" }
        return path
    }
}

extension StateDirectory.Entry {
    init(_ bundle: Bundle, _ request: LaunchRequest) {
        self.init(
            ociVersion: bundle.spec.ociVersion, id: request.id, bundle: bundle.folder, cgroup: request.cgroup,
            rootfs: bundle.spec.root.map { Bundle.absolute($0.path, bundle.folder) } ?? "", created: .now,
            annotations: bundle.spec.annotations.isEmpty ? nil : bundle.spec.annotations)
        ownKeyring = request.ownKeyring
    }

    /// The control group, where the host has any.
    func group(in hierarchy: Hierarchy? = nil) throws(Failure) -> Cgroup? {
        guard let cgroup else { return nil }
        return try failing { () throws(CgroupError) in try Cgroup(cgroup, in: hierarchy ?? .discover()) }
    }

    /// Takes off what is mounted for a container that shares its mount namespace with others.
    func detachRoot(_ spec: OCI.RuntimeSpec?) {
        guard pid != 0, let spec else { return }
        SharedRoot(spec, folder: Bundle.absolute(rootfs, bundle))?.detach()
    }

    /// What `state` prints.
    ///
    /// - Parameter hierarchy: where the caller has found it already.
    func state(in states: StateDirectory, _ hierarchy: Hierarchy? = nil) -> OCI.RuntimeState {
        let status: OCI.RuntimeState.Status
        if !isAlive {
            status = pid == 0 ? .creating : .stopped
        } else if isBeingMade {
            status = .creating
        } else if Files.exists(states.startFIFO(id)) {
            status = .created
        } else if let group = try? group(in: hierarchy), group.isFrozen == true {
            status = .paused
        } else {
            status = .running
        }
        return OCI.RuntimeState(
            ociVersion: ociVersion, id: id, status: status, pid: status == .stopped ? nil : pid, bundle: bundle,
            annotations: annotations)
    }
}
