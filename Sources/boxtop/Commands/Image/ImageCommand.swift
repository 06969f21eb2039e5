import ArgumentParser
import Builds
import Glibc
import Images
import OCI
import Records

/// `boxtop image …`: what is done with images.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", _superCommandName: "boxtop",
        abstract: "Make, list, look at, exchange and remove images.",
        discussion: "EXAMPLE: boxtop image pack -t tools bash ls cat -- -i",
        subcommands: [
            ImagePack.self, ImageBuild.self, ImageLs.self, ImagePull.self, ImagePush.self, ImageInspect.self,
            ImageHistory.self,
            ImageTree.self, ImageTag.self, ImageRm.self, ImagePrune.self, ImageVerify.self, ImageImport.self,
            ImageLoad.self, ImageSave.self,
        ])
}

extension ImageError: SentenceError {
    var isMissing: Bool { if case .notFound = self { true } else { false } }
}
extension BuildError: SentenceError {
    var code: Int32? { nil }
}

extension CommandConfiguration {
    /// A verb's of `boxtop image`.
    static func imageVerb(
        _ name: String, _ abstract: String, example: String, usage: String? = nil, discussion: String = "",
        aliases: [String] = []
    ) -> CommandConfiguration {
        .verb(
            name, abstract, example: example, usage: usage, discussion: discussion, aliases: aliases,
            group: "boxtop image")
    }
}

extension CompletionKind {
    /// Names of images.
    static var images: CompletionKind { .shellCommand("boxtop image ls --format '{{.Name}}' 2>/dev/null") }
}

extension Context {
    var images: ImageStore { ImageStore(root: layout.images) }

    /// What containers have of the images.
    ///
    /// - Parameter containers: all of them, where these are known already.
    func imageUse(of containers: [(record: ContainerRecord, state: ContainerState)]? = nil) -> ImageUse {
        var use = ImageUse()
        for (record, _) in containers ?? list() {
            if let digest = record.imageDigest.flatMap(Digest.init) { use.images[digest] = "container \(record.name)" }
            if case .layers(let folders, _, _) = record.rootfs { use.add(folders: folders) }
        }
        return use
    }

    /// Does `action` to each of `names`; each that fails is a line on standard error and makes the exit code 1.
    func eachImage(_ names: [String], force: Bool = false, _ action: (String) throws -> Void) throws -> Int32 {
        var code: Int32 = 0
        for name in names {
            do { try action(name) } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                if !(force && error.isMissing) { code = 1 }
            }
        }
        return code
    }
}
