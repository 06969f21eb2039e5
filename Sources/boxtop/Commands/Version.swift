import ArgumentParser
import Glibc
import Rendering

struct Version: Verb {
    static let configuration = CommandConfiguration.verb(
        "version", "Say which version this is.", example: "boxtop version --format json")

    static let number = "0.1.0"

    @Option(name: .long, help: "table, json or a template such as '{{.Version}}'.")
    var format = "table"

    func run(in context: Context) throws -> Int32 {
        var name = utsname()
        uname(&name)
        let kernel = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let document = JSONValue.object([
            .init(key: "version", value: .string(Self.number)), .init(key: "kernel", value: .string(kernel)),
        ])
        switch try Format(format) {
        case .json: Stream.output.say(document.compact)
        case .template(let template), .templateTable(let template):
            Stream.output.say(try template.text(of: document))
        case .table, .csv: Stream.output.say("boxtop \(Self.number) on Linux \(kernel)")
        }
        return 0
    }
}
