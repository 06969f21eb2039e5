import ArgumentParser
import Images
import OCI

struct ImageTag: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "tag", "Give an image a further name.", example: "boxtop image tag tools registry.example/team/tools:2")

    @Argument(help: "A name or a digest.", completion: .images) var image: String
    @Argument(help: "The new name.") var name: String

    func run(in context: Context) throws -> Int32 {
        try context.images.tag(image, as: try Reference(name))
        return 0
    }
}
