import ArgumentParser
import Containers
import Images
import Rendering

struct Inspect: Verb {
    static let configuration = CommandConfiguration.verb(
        "inspect", "Show everything about containers, or images, as JSON.",
        example: "boxtop inspect --format '{{.State.Pid}}' web",
        usage: "[-f TEMPLATE] [--type container|image] NAME ...")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.State.Status}}'.")
    var format = "json"
    @Option(name: .long, help: "container or image; else the container, where there is one.")
    var type: Kind?
    @Argument(help: "Names or ids, of images too.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let all = try context.containers()
        var documents: [(own: JSONValue, docker: JSONValue)] = []
        var code: Int32 = 0
        for reference in containers {
            do {
                documents.append(try document(of: reference, in: all, context))
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                code = 1
            }
        }
        switch format {
        case .template(let template), .templateTable(let template):
            for document in documents {
                Stream.output.say(try template.text(of: document.own, docker: document.docker))
            }
        case .json, .table, .csv: Stream.output.say(JSONValue.array(documents.map(\.own)).pretty)
        }
        return code
    }

    /// - Returns: what is printed as JSON, and what templates find by docker's names beside it.
    private func document(
        of name: String, in all: Containers, _ context: Context
    ) throws -> (own: JSONValue, docker: JSONValue) {
        if type == .image { return (try context.images.document(of: name), .object([])) }
        do throws(ContainerError) {
            let inspection = try all.inspect(name)
            return (inspection.document, inspection.dockerDocument)
        } catch {
            guard error.kind == .notFound, type == nil, let image = try? context.images.document(of: name) else {
                throw error
            }
            return (image, .object([]))
        }
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable { case container, image }
}
