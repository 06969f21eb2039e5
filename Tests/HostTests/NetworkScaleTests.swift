import Linux
import Records
import Testing

@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkScaleTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `two hundred containers on one bridge have addresses of their own, and find each other`() {
        let script =
            "for n in $(seq 200); do \(CommandLinePlace.program) run -d --name c$n --network boxtop "
            + "--rootfs \(host.folder)/rootfs sleep 600 || exit 1; done >/dev/null"
        let started = host.host(script, seconds: 240)
        #expect(started.code == 0, "\(started.error)")
        let lines = (Files.text(host.layout.networkMembers) ?? "").split(separator: "\n").map {
            $0.split(separator: " ")
        }
        #expect(lines.count == 200)
        #expect(Set(lines.map { $0[5] }).count == 200)
        #expect(Set(lines.map { $0[6] }).count == 200)
        #expect(Set(lines.map { $0[3] }).count == 200)
        #expect(host.canPing("c1", host.address(of: "c200")))
        #expect(host.exec("c1", "cat /etc/hosts").contains("\tc200 "))
        #expect(host.canPing("c200", host.address(of: "c1")))
        host.host(
            "\(CommandLinePlace.program) ps -q --no-trunc | xargs -n 50 \(CommandLinePlace.program) rm -f >/dev/null",
            seconds: 240)
        #expect(host.eventually(within: 30) { host.leftovers == [] }, "\(host.leftovers.count) left")
    }

    @Test func `a rate holds in both directions, and can be changed while it runs`() throws {
        try Files.replace(
            "\(host.folder)/rootfs/www/big", with: [UInt8](repeating: 120, count: 4_000_000), durable: false)
        host.serve("web", "--network boxtop --network-rate 2m/1m -p 8080:80")
        host.serve("other", "--network boxtop")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        func seconds(_ fetch: () -> String) -> Double {
            let begin = MonotonicTime.now
            let text = fetch()
            #expect(text.contains("4000000"), "\(text)")
            return MonotonicTime.now.seconds(since: begin)
        }
        // What is allowed at once comes off: 4 MB take near 4 s out of it, and near 2 s into it.
        let fetch = "timeout 20 wget -qO- http://web/big | wc -c"
        #expect(seconds { host.exec("other", fetch) } > 2.5)
        #expect(seconds { host.exec("web", "timeout 20 wget -qO- http://other/big | wc -c") } > 1.2)
        #expect(host.boxtop("update", "--network-rate", "unlimited", "web").code == 0)
        #expect(seconds { host.exec("other", fetch) } < 2.5)
    }

    @Test func `a container in another's network has its interfaces, addresses and names`() {
        host.serve("web", "--network boxtop")
        let ended = host.run("--rm --network container:web", "timeout 3 wget -qO- http://127.0.0.1/; cat /etc/hosts")
        #expect(ended.output.hasPrefix("hello\n"), "\(ended)")
        #expect(ended.output.contains("\tweb "))
        host.boxtop("stop", "-t", "0", "web")
        let late = host.run("--rm --network container:web", "true")
        #expect(late.error.contains("is to be in the network of web, which does not run"), "\(late)")
    }
}
