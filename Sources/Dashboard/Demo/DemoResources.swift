import Linux

/// Images, volumes and networks that are made up, for the containers that are.
struct DemoResources {
    private var images: [ImageReading]
    private var volumes: [VolumeReading]
    private var networks: [NetworkReading]

    init(at now: Timestamp) {
        func ago(_ days: Double) -> Timestamp {
            Timestamp(nanoseconds: now.nanoseconds - UInt64(days * 86_400) * 1_000_000_000)
        }
        images = DemoContainers.images.enumerated().map { place, name in
            ImageReading(
                name: name, isNamed: true, id: "\(["3d29c53bc44a", "ae0ac68452b7", "0f12c0ffee00"][place % 3])",
                size: Int64(18 + place * 23) << 20, shared: 12 << 20, users: [], created: ago(Double(place) * 3 + 0.4))
        }
        volumes = [
            VolumeReading(name: "data", isAnonymous: false, size: 6_200_000_000, users: ["db"], created: ago(41)),
            VolumeReading(name: "sessions", isAnonymous: false, size: 3 << 20, users: ["cache"], created: ago(12)),
            VolumeReading(
                name: "uploads", isAnonymous: false, size: 410 << 20, users: ["api", "web"], created: ago(40)),
            VolumeReading(
                name: "9c1185a5c5e9fc54612808977ee8f548b2258d31ddadef707ba62c166051b9e3", isAnonymous: true,
                size: nil, users: [], created: ago(0.02)),
        ]
        networks = [
            NetworkReading(
                name: "back", subnet: "10.180.4.0/22", subnet6: nil, gateway: "10.180.4.1", isInternal: true,
                users: ["api", "cache", "db"], created: ago(40)),
            NetworkReading(
                name: "boxtop", subnet: "10.180.0.0/22", subnet6: "fd5c:9b2e:41a7::/64", gateway: "10.180.0.1",
                isInternal: false, users: ["api", "web"], created: ago(41)),
            NetworkReading(
                name: "trial", subnet: "10.180.8.0/22", subnet6: nil, gateway: "10.180.8.1", isInternal: false,
                users: [], created: ago(0.1)),
        ]
    }

    subscript(kind: Resource) -> Listing {
        switch kind {
        case .image: .images(images)
        case .volume: .volumes(volumes)
        case .network: .networks(networks)
        }
    }

    /// Removes the one called `name`. What is wrong, where it can't.
    mutating func remove(_ kind: Resource, _ name: String) -> String? {
        switch kind {
        case .image: images.removeAll { $0.name == name }
        case .volume:
            if let user = volumes.first(where: { $0.name == name })?.users.first {
                return "volume \(name) belongs to container \(user): remove that first"
            }
            volumes.removeAll { $0.name == name }
        case .network:
            if let user = networks.first(where: { $0.name == name })?.users.first {
                return "container \(user) belongs to network \(name): remove it, "
                    + "or boxtop network disconnect \(name) \(user)"
            }
            networks.removeAll { $0.name == name }
        }
        return nil
    }
}
