import Images
import Linux
import Testing

@Suite struct ELFTests {
    @Test(arguments: ["/bin/sh", "/bin/ls", "/usr/bin/env", "/bin/cat"])
    func `programs of the host are read as the loader reads them`(path: String) throws {
        let file = try #require(try ELFFile.read(path))
        #expect(file.isExecutable)
        #expect(file.interpreter?.contains("ld") == true)
        #expect(file.needed.contains { $0.hasPrefix("libc.") })
        #expect(file.architecture != nil)
    }

    @Test func `what readelf says is what is read`() throws {
        for path in ["/bin/bash", "/usr/bin/perl", "/usr/bin/git"] where Files.exists(path) {
            guard isInstalled("readelf") else { return }
            let output = try run(["readelf", "-dW", path]).output
            let needed = output.split(separator: "\n").filter { $0.contains("(NEEDED)") }.compactMap { line in
                line.split(separator: "[").last.map { String($0.dropLast()) }
            }
            #expect(try ELFFile.read(path)?.needed == needed)
        }
    }

    @Test(arguments: [
        "", "#!/bin/sh\n", "\u{7F}EL", "not a program at all, but long enough for a header of 64 bytes ......",
    ])
    func `what is no ELF file is none`(text: String) throws {
        #expect(try ELFFile.parse(Array(text.utf8), path: "text") == nil)
    }

    @Test func `a file cut short anywhere is read or refused, never more`() throws {
        let bytes = try Files.read("/bin/cat")
        var refused = 0
        for length in Array(0..<1_000) + Array(stride(from: 1_000, to: bytes.count, by: 997)) {
            do { _ = try ELFFile.parse(Array(bytes[..<length]), path: "cut") } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test func `a file with any bytes changed is read or refused, never more`() throws {
        let original = try Files.read("/bin/cat")
        var random = SystemRandomNumberGenerator()
        // Headers and the dynamic section are where a change means something.
        for round in 0..<2_000 {
            var bytes = Array(original.prefix(round % 2 == 0 ? original.count : 8_192))
            for _ in 0..<1 + round % 8 {
                bytes[Int.random(in: 16..<min(bytes.count, 1_024), using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            _ = try? ELFFile.parse(bytes, path: "changed")
        }
    }
}
