import ArgumentParser
import Containers
import Records

struct Wait: Verb {
    static let configuration = CommandConfiguration.verb(
        "wait", "Wait until containers have ended, and print their exit codes.", example: "boxtop wait batch")

    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let all = try context.containers()
        var code: Int32 = 0
        for reference in containers {
            do {
                Stream.output.say("\(try all.wait(reference).code)")
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                code = 1
            }
        }
        return code
    }
}
