import Containers

/// What a person wrote after one flag, ready to be understood. Every refusal is a sentence that names the flag, what was
/// written and what would do.
///
///     try FlagValue("--memory", "512m").memory()          // 536870912
///     try FlagValue("--memory", "12x").memory()           // --memory: “12x” is not a size: a number, with k, m, g …
///     try FlagValue("-v", "/a:/b:ro").parsed(by: Parse.volume)
///
/// The grammars of values that containers are made of are `Parse`'s, of the room Containers; here is what a command line
/// needs beside them.
package struct FlagValue: Hashable, Sendable {
    /// As it is typed: `--memory`.
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// The error that says why this flag's value will not do.
    package func refused(_ reason: String) -> FlagError { FlagError("\(name): “\(text)” \(reason)") }

    /// What `parse` makes of the text, its refusal under the flag's name.
    package func parsed<Value>(
        by parse: (String) throws(ContainerError) -> Value
    ) throws(FlagError) -> Value {
        do throws(ContainerError) { return try parse(text) } catch { throw FlagError("\(name): \(error)") }
    }
}

/// Why a flag's value is refused, as a sentence.
package struct FlagError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
