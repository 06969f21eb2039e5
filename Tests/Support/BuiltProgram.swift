import Glibc

/// A program that was built beside the tests.
package enum BuiltProgram {
    package static func path(of name: String) -> String { "\(folder)/\(name)" }

    private static let folder: String = {
        var path = [CChar](repeating: 0, count: 4_096)
        let length = max(0, readlink("/proc/self/exe", &path, path.count))
        let text = String(decoding: path.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()
}

/// A line for the shell.
package enum Command {
    /// How it ended, as wait(2) has it; 0 is well.
    @discardableResult
    package static func status(_ line: String) -> Int32 {
        guard let stream = popen("{ \(line) ;} >/dev/null 2>&1", "r") else { return -1 }
        return pclose(stream)
    }

    /// What it says, complaints included.
    package static func output(_ line: String) -> String {
        guard let stream = popen("{ \(line) ;} 2>&1", "r") else { return "" }
        defer { pclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
