import Glibc
import Linux
import Testing

/// What is packed and built here runs with podman.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil && Files.exists("/usr/bin/podman"), "needs root, busybox and podman"))
struct ImagePeerTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func podman(_ words: String) -> CommandLinePlace.Ended {
        place.shell(
            """
            podman --root \(place.folder)/podman --runroot \(place.folder)/podman-run --storage-driver vfs \
            --cgroup-manager cgroupfs \(words)
            """)
    }

    @Test(arguments: ["oci-archive", "docker-archive"])
    func `podman loads and runs packs and builds`(format: String) throws {
        #expect(place.run("image", "pack", "-q", "-t", "packed", "bash", "--", "-c", "echo packed").code == 0)
        let text =
            "FROM packed\nRUN [\"bash\", \"-c\", \"echo hello >/said\"]\nCMD [\"bash\", \"-c\", \"read a </said; echo $a\"]\n"
        let built = place.run(["build", "-q", "-t", "built", "-"], input: text)
        #expect(built.code == 0, "\(built.error)")
        for (image, said) in [("packed", "packed\n"), ("built", "hello\n")] {
            let file = "\(place.folder)/\(image).tar"
            #expect(place.run("image", "save", "--format", format, "-o", file, image).code == 0)
            let loaded = podman("load -q -i \(file)")
            #expect(loaded.code == 0, "\(loaded.error)")
            let name = try #require(loaded.output.split(separator: " ").last?.filter { !$0.isNewline })
            #expect(name.hasSuffix("/\(image):latest"))
            let ran = podman(
                "run --rm --network none --runtime runc --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \(name)"
            )
            // Where podman cannot start anything at all, that it takes the image is what can be said.
            if ran.code == 125 || ran.code == 126 { continue }
            #expect(ran.output == said, "\(ran.error)")
        }
    }
}
