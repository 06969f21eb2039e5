import ArgumentParser
import Glibc
import JSON
import OCI
import Rendering

struct Version: Verb {
    static let configuration = CommandConfiguration.verb(
        "version", "Say which version this is.", example: "boxtop version --format json")

    static let number = "0.1.0"
    static let sentence = "boxtop \(number) on Linux \(kernel)"
    private static let kernel: String = {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    @Option(name: .joined("f", "format"), help: "table, json or a template such as '{{.Version}}'.")
    var format = "table"

    func run(in context: Context) throws -> Int32 {
        let document = JSONValue.object([
            .init(key: "version", value: .string(Self.number)), .init(key: "kernel", value: .string(Self.kernel)),
        ])
        // Client and server are one program here.
        let side = JSONValue.of([
            ("Version", .string(Self.number)), ("Os", .string("linux")), ("Arch", .string(Platform.host.architecture)),
            ("KernelVersion", .string(Self.kernel)),
        ])
        let docker = JSONValue.of([("Client", side), ("Server", side)])
        switch try Format(format) {
        case .json: Stream.output.say(document.compact)
        case .template(let template), .templateTable(let template):
            Stream.output.say(try template.text(of: document, docker: docker))
        case .table, .csv: Stream.output.say(Self.sentence)
        }
        return 0
    }
}
