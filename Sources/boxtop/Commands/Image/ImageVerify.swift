import ArgumentParser
import Images
import OCI

struct ImageVerify: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "verify", "Read every byte of images again and compare it with its digest.", example: "boxtop image verify",
        usage: "[IMAGE ...]")

    @Argument(help: "Only these images.", completion: .images) var images: [String] = []

    func run(in context: Context) throws -> Int32 {
        let report = try context.images.verify(images)
        for problem in report.problems { Stream.error.say("boxtop: \(problem)") }
        Stream.output.say("\(report.images) images, \(report.blobs) blobs, \(byteCount(report.bytes)) read")
        return report.problems.isEmpty ? 0 : 1
    }
}
