import Containers
import JSON
import Rendering

/// All that is known of one thing.
struct InspectedDocument {
    /// What is known of it, by boxtop's names.
    var own: JSONValue
    /// The same by docker's names.
    var docker: JSONValue = .object([])

    /// What is printed as JSON: boxtop's keys, and behind them docker's, for scripts that look for those.
    var printed: JSONValue { own.with(docker) }
}

extension InspectedDocument {
    /// - Parameter size: how much of the disk the container takes, where that was asked for.
    init(_ container: ContainerInspection, size: ContainerSize?) {
        own = container.document
        docker = container.dockerDocument
        guard let size else { return }
        let whole = size.written + size.image
        own = own.with([("size", .integer(size.written)), ("virtualSize", .integer(whole))])
        docker = docker.with([("SizeRw", .integer(size.written)), ("SizeRootFs", .integer(whole))])
    }
}

extension Stream {
    /// Writes what an `inspect` has found: an array, or a line each by a template.
    func show(_ documents: [InspectedDocument], _ format: Format) throws(TemplateError) {
        switch format {
        case .template(let template), .templateTable(let template):
            for document in documents { say(try template.text(of: document.own, docker: document.docker)) }
        case .json, .table, .csv: say(JSONValue.array(documents.map(\.printed)).pretty)
        }
    }
}
