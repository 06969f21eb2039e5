import ArgumentParser
import Images
import OCI

struct ImagePush: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "push", "Send an image to a registry.", example: "boxtop image push tools registry.example.org/team/tools:2",
        usage: "IMAGE [DESTINATION]",
        discussion: "Without a DESTINATION it goes where its name says. Only what the registry has not is sent.")

    @OptionGroup var registry: RegistryFlags
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "A name or a digest.", completion: .images) var image: String
    @Argument(help: "The name there.") var destination: String?

    func run(in context: Context) throws -> Int32 {
        let options = try registry.options(in: context)
        let target = try Reference(destination ?? image)
        let painter = TransferPainter("sent", quiet: quiet)
        let digest: Digest
        do {
            defer { painter.finish() }
            digest = try context.images.push(image, to: target, options: options) { painter.show($0) }
        }
        Stream.output.say(quiet ? digest.description : "pushed \(target)  \(digest)")
        return 0
    }
}
