import Glibc
import Linux

/// The program of hostile.c, built once: what an attacker would run inside.
enum Hostile {
    /// Where it lies; `nil` where there is no C compiler with a static library.
    static let program: String? = {
        let source = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/tmp/boxtop-hostile-\(getpid())"
        let command = "exec 2>/dev/null; cc -static -O1 -o \(path) /\(source)/hostile.c"
        let built = system(command) == 0 || system(command.replacingFirst("cc", "clang")) == 0
        if built { atexit { unlink("/tmp/boxtop-hostile-\(getpid())") } }
        return built ? path : nil
    }()

    static let obstacle: String? = RuntimeBundle.obstacle ?? (program == nil ? "there is no C compiler" : nil)
}

extension String {
    fileprivate func replacingFirst(_ word: String, _ other: String) -> String {
        let parts = split(separator: " ", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(where: { $0 == word }) else { return self }
        return (parts[..<index] + [Substring(other)] + parts[(index + 1)...]).joined(separator: " ")
    }
}

extension RuntimeBundle {
    /// Puts the hostile program into the image.
    func arm(mode: mode_t = 0o755) throws {
        guard let program = Hostile.program else { return }
        try Files.replace("\(folder)/rootfs/bin/hostile", with: Files.read(program), mode: mode, durable: false)
        chmod("\(folder)/rootfs/bin/hostile", mode)
    }
}
