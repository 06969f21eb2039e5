import OCI

extension Platform {
    /// How well programs for this platform run where `wanted` is: 0 is the same, more is an older variant; `nil` where they
    /// don't.
    ///
    ///     Platform(architecture: "arm", variant: "v6").distance(to: .init(architecture: "arm", variant: "v7"))    // 1
    ///
    /// A processor runs what is for its forerunners, and never what is for its successors. What says no variant is of the
    /// one that containerd takes it for.
    func distance(to wanted: Platform) -> Int? {
        guard os == wanted.os, architecture == wanted.architecture else { return nil }
        let (own, other) = (variantOrUsual, wanted.variantOrUsual)
        if own == other { return 0 }
        guard ["amd64", "arm"].contains(architecture), let own = Self.generation(own),
            let other = Self.generation(other), own < other
        else { return nil }
        return other - own
    }

    private var variantOrUsual: String? {
        if let variant, !variant.isEmpty { return variant }
        return ["amd64": "v1", "arm": "v7", "arm64": "v8"][architecture]
    }

    /// 7 of `v7`.
    private static func generation(_ variant: String?) -> Int? {
        guard let variant, variant.first == "v" else { return nil }
        // An index may say anything; what there is has one digit.
        return UInt8(variant.dropFirst()).map(Int.init)
    }
}

extension ImageIndex {
    /// What of the index is for `platform`: the same variant, else the next older one, else what says of no platform that
    /// it is for it alone.
    func choice(for platform: Platform) -> ContentDescriptor? {
        let fitting = manifests.compactMap { entry in
            entry.platform?.distance(to: platform).map { (entry: entry, distance: $0) }
        }
        return fitting.min { $0.distance < $1.distance }?.entry ?? manifests.first { $0.platform == nil }
    }

    /// The platforms that it has something for, as a sentence lists them.
    var offer: String {
        let all = Set(manifests.compactMap { $0.platform?.description }.filter { !$0.contains("unknown") })
        return all.isEmpty ? "none" : all.sorted().joined(separator: ", ")
    }
}
