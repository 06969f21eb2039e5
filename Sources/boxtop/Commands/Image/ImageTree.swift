import ArgumentParser
import Images
import OCI
import Rendering

struct ImageTree: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "tree", "Show which layers images have, and which of them they share.", example: "boxtop image tree")

    @Argument(help: "Only these images.", completion: .images) var images: [String] = []

    func run(in context: Context) throws -> Int32 {
        let store = context.images
        let all = try store.list { Stream.error.say("boxtop: \($0)") }
        var users: [Digest: Set<Digest>] = [:]
        for image in all {
            for layer in image.manifest.layers { users[layer.digest, default: []].insert(image.digest) }
        }
        var shown = all
        if !images.isEmpty {
            let wanted = try images.map { try store.resolve($0) }
            shown = all.filter { image in wanted.contains { $0.digest == image.digest } }
        }
        for image in shown {
            Stream.output.say("\(image.name)  \(Human.binary(image.size))  \(image.configuration.platform)")
            for (index, layer) in image.manifest.layers.enumerated() {
                let branch = index == image.manifest.layers.count - 1 ? "└─" : "├─"
                let others = (users[layer.digest]?.count ?? 1) - 1
                let sharing = others == 0 ? "" : "  shared with \(others) more"
                Stream.output.say("\(branch) \(layer.digest.short)  \(Human.binary(layer.size))\(sharing)")
            }
        }
        return 0
    }
}
