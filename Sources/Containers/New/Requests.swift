import Records

/// `--volume`: a folder of the host, a named volume, or an anonymous one, and where it is mounted.
package struct VolumeRequest: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// An absolute path of the host. `create` makes the folder where it is missing, as `docker -v` does.
        case path(String, create: Bool)
        case named(String)
        case anonymous
    }

    package var source: Source
    /// Absolute, inside the container.
    package var destination: String
    package var readOnly: Bool
    /// Mount points below the source come along.
    package var recursive: Bool
    /// `nocopy`: a new volume starts empty instead of with what the image has there.
    package var copy: Bool
    /// `private`, `rprivate`, `slave`, `rslave`, `shared`, `rshared`.
    package var propagation: String?
    /// Ids on disk stand for the same ids inside (an idmapped mount); off: as they are on the host.
    package var mapIDs: Bool

    package init(
        _ source: Source, at destination: String, readOnly: Bool = false, recursive: Bool = true, copy: Bool = true,
        propagation: String? = nil, mapIDs: Bool = true
    ) {
        self.source = source
        self.destination = destination
        self.readOnly = readOnly
        self.recursive = recursive
        self.copy = copy
        self.propagation = propagation
        self.mapIDs = mapIDs
    }
}

/// `--tmpfs /path[:options]`.
package struct TmpfsRequest: Hashable, Sendable {
    package var destination: String
    /// As mount(8) takes them: `size=64m`, `mode=1777`, `noexec`.
    package var options: [String]

    package init(at destination: String, options: [String] = []) {
        self.destination = destination
        self.options = options
    }
}

/// `--device /dev/host[:/dev/inside[:rwm]]`.
package struct DeviceRequest: Hashable, Sendable {
    package var source: String
    package var destination: String
    /// Some of `rwm`.
    package var access: String

    package init(_ source: String, at destination: String? = nil, access: String = "rwm") {
        self.source = source
        self.destination = destination ?? source
        self.access = access
    }
}

/// `--ulimit NAME=SOFT[:HARD]`. `RLIM_INFINITY` is `UInt64.max`.
package struct Ulimit: Hashable, Sendable {
    /// Without `RLIMIT_`, in lower case: `nofile`.
    package var name: String
    package var soft: UInt64
    package var hard: UInt64

    package init(_ name: String, soft: UInt64, hard: UInt64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}

/// `--device-read-bps` and its three siblings.
package struct DeviceRateRequest: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case readBytes, writeBytes, readOperations, writeOperations
    }

    package var kind: Kind
    /// A block device; a partition stands for its whole disk.
    package var path: String
    /// Bytes or operations a second.
    package var rate: UInt64

    package init(_ kind: Kind, path: String, rate: UInt64) {
        self.kind = kind
        self.path = path
        self.rate = rate
    }
}

/// `exec`: a further program in a running container.
package struct ExecRequest: Hashable, Sendable {
    package var command: [String]
    /// `KEY=VALUE`, or `KEY` alone for the caller's own value; on top of the container's.
    package var environment: [String] = []
    package var workdir: String?
    package var user: String?
    package var terminal = false
    /// `-i`: the caller's standard input goes in; else it is empty.
    package var openInput = false
    package var privileged = false
    /// `-d`: returns as soon as it runs; its output goes nowhere.
    package var detach = false

    package init(_ command: [String]) { self.command = command }
}

/// What `update` changes. An absent part stays as it is.
package struct ContainerUpdate: Sendable {
    /// One changed limit: a new value, or none (`--memory unlimited`).
    package enum Change<Value: Sendable & Hashable>: Sendable, Hashable {
        case keep
        case set(Value)
        case lift
    }

    package var cpus: Change<Double> = .keep
    package var cpuWeight: Change<UInt64> = .keep
    package var cores: Change<String> = .keep
    package var memory: Change<UInt64> = .keep
    package var swap: Change<UInt64> = .keep
    package var memoryReservation: Change<UInt64> = .keep
    package var processes: Change<UInt64> = .keep
    package var networkReceived: Change<UInt64> = .keep
    package var networkSent: Change<UInt64> = .keep
    /// Each replaces the rate of that kind and device; 0 lifts it.
    package var deviceRates: [DeviceRateRequest] = []
    package var restart: RestartPolicy?

    package init() {}
}
