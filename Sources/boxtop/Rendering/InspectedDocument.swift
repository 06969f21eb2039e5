import Rendering

/// All that is known of one thing.
struct InspectedDocument {
    /// What is printed as JSON.
    var own: JSONValue
    /// What templates find by docker's names beside it.
    var docker: JSONValue = .object([])
}

extension Stream {
    /// Writes what an `inspect` has found: an array, or a line each by a template.
    func show(_ documents: [InspectedDocument], _ format: Format) throws(TemplateError) {
        switch format {
        case .template(let template), .templateTable(let template):
            for document in documents { say(try template.text(of: document.own, docker: document.docker)) }
        case .json, .table, .csv: say(JSONValue.array(documents.map(\.own)).pretty)
        }
    }
}
