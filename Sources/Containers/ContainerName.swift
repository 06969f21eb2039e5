/// Names that people give to containers and volumes, and those made up for who gives none.
package enum ContainerName {
    /// A letter or digit, then letters, digits, `_`, `.` and `-`; at most 200 bytes, so that it stays a file name.
    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 200, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    static func check(_ name: String) throws(ContainerError) {
        guard isValid(name) else {
            throw ContainerError(.invalid, "“\(name)” is no name for a container: \(form)")
        }
    }

    /// What a name may be, for whoever gave another one.
    static let form = "at most 200 letters, digits, _ . and -, the first a letter or digit"

    /// `brisk_otter`; from the third attempt on with a number behind it, so that a full list still finds one.
    static func random(attempt: Int, using generator: inout some RandomNumberGenerator) -> String {
        let adjective = adjectives[Int.random(in: 0..<adjectives.count, using: &generator)]
        let noun = nouns[Int.random(in: 0..<nouns.count, using: &generator)]
        let number = attempt < 2 ? "" : "\(Int.random(in: 2...99 << min(attempt, 20), using: &generator))"
        return "\(adjective)_\(noun)\(number)"
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static let adjectives = [
        "agile", "amber", "balmy", "bold", "brave", "breezy", "bright", "brisk", "calm", "candid", "cheery", "clever",
        "cosy", "crisp", "dapper", "deft", "eager", "early", "easy", "fair", "fleet", "fond", "free", "fresh", "gentle",
        "glad", "golden", "grand", "hardy", "hazel", "honest", "humble", "jaunty", "jolly", "keen", "kind", "light",
        "lively", "loyal", "lucid", "lucky", "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "plucky",
        "polite", "proud", "quick", "quiet", "rapid", "ready", "robust", "rosy", "serene", "sharp", "silent", "silver",
        "smart", "snug", "solid", "spry", "steady", "still", "sturdy", "sunny", "swift", "tidy", "tranquil", "trusty",
        "upbeat", "vivid", "warm", "wise", "witty", "young", "zesty",
    ]

    private static let nouns = [
        "acorn", "alder", "anchor", "aspen", "badger", "beacon", "beaver", "birch", "bison", "brook", "canyon", "cedar",
        "cicada", "clover", "comet", "condor", "coral", "crane", "cricket", "delta", "dolphin", "dune", "eagle",
        "egret",
        "ember", "falcon", "fern", "finch", "fjord", "fox", "gecko", "geyser", "glacier", "grove", "gull", "harbor",
        "hare", "harvest", "hazel", "heron", "ibex", "iris", "island", "jay", "juniper", "kestrel", "kiwi", "lagoon",
        "lark", "lemur", "lichen", "lynx", "maple", "marten", "meadow", "meteor", "moss", "newt", "oak", "ocean",
        "orchid", "otter", "owl", "panda", "pebble", "pine", "plover", "puffin", "quail", "quartz", "raven", "reef",
        "ridge", "robin", "salmon", "sparrow", "spruce", "stork", "swan", "tern", "thistle", "tundra", "walrus",
        "willow",
        "wren", "yak", "zebra",
    ]
}
