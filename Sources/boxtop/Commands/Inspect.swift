import ArgumentParser
import Containers
import Rendering

struct Inspect: Verb {
    static let configuration = CommandConfiguration.verb(
        "inspect", "Show everything about containers, as JSON.",
        example: "boxtop inspect --format '{{.State.Pid}}' web", usage: "[-f TEMPLATE] CONTAINER ...")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.State.Status}}'.")
    var format = "json"
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let all = try context.containers()
        var documents: [JSONValue] = []
        var code: Int32 = 0
        for reference in containers {
            do {
                documents.append(try all.inspect(reference).document)
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                code = 1
            }
        }
        switch format {
        case .template(let template), .templateTable(let template):
            for document in documents { Stream.output.say(try template.text(of: document)) }
        case .json, .table, .csv: Stream.output.say(JSONValue.array(documents).pretty)
        }
        return code
    }
}
