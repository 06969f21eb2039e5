import Glibc
import Linux
import Records
import Testing

/// What builds keep for the next ones, and how it goes.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ImageBuildCacheTests: BuildsImages {
    let place: CommandLinePlace

    init() throws { place = try Self.newPlace() }

    private let text =
        "FROM base AS one\nRUN echo one >/one; echo >/more\nFROM base\nCOPY --from=one /one /\nRUN echo two >/two\n"

    /// How many steps of a further build come from the cache.
    private func found(_ text: String? = nil) -> Int {
        let built = build(text ?? self.text)
        #expect(built.code == 0, "\(built.error)")
        return built.error.split(separator: "\n").count { $0.hasSuffix("from the cache") }
    }

    @Test func `what builds have kept outlives the image, and goes with builder prune`() throws {
        #expect(found() == 0 && found() == 3)
        #expect(place.run("rmi", "made").code == 0 && place.run("image", "prune", "-f").code == 0)
        #expect(place.run("images", "-q", "made").output == "")
        #expect(found() == 3)
        #expect(place.run("image", "ls", "--format", "{{.Repository}}").output == "made\nbase\n")
        // What the image has too would free nothing.
        #expect(place.run("builder", "prune", "-f").code == 0 && found() == 2)
        #expect(place.run("builder", "prune", "-af").code == 0)
        #expect((try? Files.names(in: "\(place.layout.images)/cache")) == [])
        #expect(found() == 0)
        #expect(place.run("rmi", "made").code == 0 && place.run("system", "prune", "-f").code == 0 && found() == 0)
        #expect(place.run("image", "verify").code == 0)
    }

    @Test func `the steps before one that fails are kept, whatever is removed meanwhile`() {
        let failed = "FROM base\nRUN echo here >/x\nRUN false\n"
        #expect(build(failed).code == 1)
        #expect(place.run("tag", "base", "other").code == 0 && place.run("image", "prune", "-f").code == 0)
        #expect(build(failed).error.contains("from the cache"))
    }

    @Test func `a cache of RUN is no volume of anybody's, and goes with builder prune`() {
        let text = "FROM base\nRUN --mount=type=cache,target=/c echo x >>/c/n; cat /c/n >/seen\n"
        #expect(build(text).code == 0 && place.run("volume", "create", "mine").code == 0)
        for words in [["volume", "ls", "-q"], ["volume", "ls", "-qf", "dangling=true"]] {
            #expect(place.run(words).output == "mine\n")
        }
        #expect(place.run("volume", "prune", "-af").output.contains("mine"))
        #expect(place.run("volume", "prune", "-af").output == "freed 0 B: 0 volumes\n")
        #expect(
            place.run("system", "df", "--format", "{{.Type}} {{.TotalCount}}").output.hasSuffix(
                "volumes 0\nbuild cache 2\n"))
        #expect(build(text, "--no-cache").code == 0 && run("cat", "/seen") == "x\nx\n")
        let kept = place.run("buildx", "du", "--format", "{{.Type}} {{.Reclaimable}}").output.split(separator: "\n")
        #expect(kept.sorted() == ["exec.cachemount yes", "regular no"], "\(kept)")
        #expect(place.run("builder", "prune", "-f", "--filter", "type=regular").code == 0)
        #expect(build(text, "--no-cache").code == 0 && run("cat", "/seen") == "x\nx\nx\n")
        let pruned = place.run("builder", "prune", "-f")
        #expect(pruned.code == 0 && pruned.output.contains("removed build-cache-"), "\(pruned)")
        #expect(build(text, "--no-cache").code == 0 && run("cat", "/seen") == "x\n")
    }

    @Test func `builder prune takes what was not used for long, and no more than makes the rest small enough`() throws {
        let write = "busybox dd if=/dev/zero of=/% bs=1M count=3 && busybox dd if=/dev/urandom of=/% bs=1M count=3"
        func text(_ name: String) -> String { "FROM base\nRUN \(write.replacing("%", with: name))\n" }
        for name in ["old", "middle", "new"] {
            #expect(found(text(name)) == 0)
            guard name != "new" else { continue }
            // All that is there is a day older than it was.
            for file in try Files.names(in: "\(place.layout.images)/cache") {
                let path = "\(place.layout.images)/cache/\(file)"
                let seconds = Int((FileStamp(path)?.modified.nanoseconds ?? 0) / 1_000_000_000) - 86_400
                utimensat(
                    AT_FDCWD, path, [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)], 0)
            }
        }
        #expect(place.run("rmi", "made").code == 0 && place.run("image", "prune", "-f").code == 0)
        func kept() -> Int { place.run("buildx", "du", "--no-headers").output.split(separator: "\n").count }
        #expect(kept() == 3)
        #expect(place.run("builder", "prune", "-f", "--filter", "until=47h").code == 0 && kept() == 2)
        #expect(place.run("builder", "prune", "-f", "--keep-storage", "1GB").code == 0 && kept() == 2)
        #expect(place.run("buildx", "prune", "-f", "--min-free-space", "1").code == 0 && kept() == 2)
        #expect(place.run("buildx", "prune", "-f", "--max-used-space", "4mb").code == 0 && kept() == 1)
        #expect(found(text("middle")) == 0 && found(text("new")) == 1)
        for words in [["--filter", "until=odd"], ["--filter", "colour=red"], ["--keep-storage", "x"]] {
            #expect(place.run(["builder", "prune", "-f"] + words).code == 64)
        }
    }
}
