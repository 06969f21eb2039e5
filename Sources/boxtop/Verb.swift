import ArgumentParser
import Containers
import Flags
import JSON
import Linux
import Records
import Rendering

/// A verb of the command line: argument-parser fills it in, and it does its work in a context.
protocol Verb: ParsableCommand {
    /// Does it; the exit code of the process. Throws a `SentenceError`.
    func run(in context: Context) throws -> Int32

    /// The exit code for arguments that make no sense.
    static var usageCode: Int32 { get }
    /// The exit code for what failed on our side.
    static var failureCode: Int32 { get }
    /// Whether it is a `WritingVerb`: to ask the type for that takes longer.
    static var isWriting: Bool { get }
}

extension Verb {
    static var usageCode: Int32 { 64 }
    static var failureCode: Int32 { 1 }
    static var isWriting: Bool { false }

    static func code(for error: any SentenceError) -> Int32 {
        if error is FlagError { return usageCode }
        guard let code = error.code, code != 1 else { return failureCode }
        return code
    }
}

/// A verb that starts a program: as in docker, 125 says that it was not the program that failed.
protocol StartingVerb: Verb {}

extension StartingVerb {
    static var usageCode: Int32 { 125 }
    static var failureCode: Int32 { 125 }
}

/// An error that is a sentence for a person, and may bring an exit code along.
protocol SentenceError: Error {
    var sentence: String { get }
    var code: Int32? { get }
    /// Whether what was named is not there: no failure of a removal by force.
    var isMissing: Bool { get }
}

extension SentenceError where Self: CustomStringConvertible {
    var sentence: String { description }
    var code: Int32? { nil }
    var isMissing: Bool { false }
}

extension ContainerError: SentenceError {
    var code: Int32? { exitCode }
    var isMissing: Bool { kind == .notFound }
}

extension FlagError: SentenceError {}
extension ForeignFolder: SentenceError {}
extension TemplateError: SentenceError {}
extension SystemCallError: SentenceError {}
extension JSONError: SentenceError {}

/// What a verb itself has to say.
struct Failure: SentenceError, CustomStringConvertible {
    let description: String
    let code: Int32?

    init(_ description: String, code: Int32? = nil) {
        self.description = description
        self.code = code
    }
}
