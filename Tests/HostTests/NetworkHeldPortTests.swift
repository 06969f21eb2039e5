import Glibc
import Linux
import Records
import Testing

/// Ports of the host that lead into a container are taken there too: who binds one is told so.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkHeldPortTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    /// What the kernel says to a program of the host that listens at `address`, with the option that servers set.
    private func listen(_ transport: String, _ address: String, _ port: Int) -> String {
        let (family, name) = address.contains(":") ? ("PF_INET6", "pack_sockaddr_in6") : ("PF_INET", "pack_sockaddr_in")
        let kind = transport == "tcp" ? "SOCK_STREAM" : "SOCK_DGRAM"
        let program =
            "use Socket qw(:all); socket(S, \(family), \(kind), 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1); "
            + (address.contains(":") ? "setsockopt(S, 41, 26, 1); " : "")
            + "bind(S, \(name)(\(port), inet_pton(\(family.replacing("P", with: "A")), \"\(address)\"))) "
            + (transport == "tcp" ? "and listen(S, 1) " : "") + "or print $!"
        return host.host("perl -e '\(program)'").output
    }

    private let taken = "Address already in use"

    private func supervisor(_ name: String) -> Int32 {
        StateFiles(host.layout).state(of: host.id(of: name)).supervisor?.pid ?? 0
    }

    private func killSupervisor(_ name: String) {
        let process = supervisor(name)
        guard process > 1 else { return }
        kill(process, SIGKILL)
        _ = host.eventually { !Files.exists("/proc/\(process)/fd/0") }
    }

    @Test(arguments: ["tcp", "udp"])
    func `a published port cannot be listened at while the container lives`(transport: String) {
        #expect(host.serve("web", "-p 8080:80 -p 8300:80/\(transport) -p 127.0.0.1:8301:80/\(transport)").code == 0)
        for address in ["0.0.0.0", "127.0.0.1", "::"] {
            #expect(listen(transport, address, 8300) == taken, "\(address)")
        }
        #expect(listen(transport, "127.0.0.1", 8301) == taken && listen(transport, "127.0.0.2", 8301) == "")
        #expect(listen(transport, "::", 8301) == "")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        // Not the container's own, nor those of what is started in it.
        let inside = (try? Files.names(in: "/proc/\(host.process(of: "web"))/fd")) ?? []
        #expect(!inside.isEmpty && !host.exec("web", "ls -l /proc/self/fd").contains("socket:"))
        host.boxtop("restart", "-t", "0", "web")
        #expect(listen(transport, "0.0.0.0", 8300) == taken)
        host.boxtop("stop", "-t", "0", "web")
        #expect(listen(transport, "0.0.0.0", 8300) == "" && listen(transport, "::", 8300) == "")
        host.boxtop("start", "web")
        #expect(listen(transport, "0.0.0.0", 8300) == taken)
        host.boxtop("rm", "-f", "web")
        #expect(listen(transport, "0.0.0.0", 8300) == "")
    }

    @Test func `who takes over a container holds its ports again, and tells of one that is somebody else's by then`() {
        host.serve("web", "-p 8080:80 -p 8081:80")
        killSupervisor("web")
        #expect(listen("tcp", "0.0.0.0", 8080) == "" && host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.listen("0.0.0.0", 8081)
        #expect(host.eventually { listen("tcp", "0.0.0.0", 8081) == taken })
        #expect(host.exec("web", "echo in") == "in\n")
        #expect(listen("tcp", "0.0.0.0", 8080) == taken)
        #expect(host.get("127.0.0.1", 8080) == "hello\n" && host.get("127.0.0.1", 8081) == "hello\n")
        let adopted = events("adopted")
        #expect(adopted.count == 1, "\(adopted)")
        #expect(adopted[0].contains("port 8081/tcp of this host is held by something else"), "\(adopted)")
    }

    private func events(_ kind: String) -> [Substring] {
        (Files.text(host.layout.events) ?? "").split(separator: "\n").filter { $0.contains("\"\(kind)\"") }
    }

    /// A program of the host that does `script` with the socket `S` of TCP, and stays for half a minute.
    private func keep(_ script: String) {
        let program = "use Socket; alarm 30; socket(S, PF_INET, SOCK_STREAM, 0); \(script); sleep 30"
        host.host("/usr/bin/perl -e '\(program)' </dev/null >/dev/null 2>&1 &")
    }

    private func bind(_ port: Int) {
        keep("bind(S, sockaddr_in(\(port), INADDR_ANY))")
        #expect(host.eventually { listen("tcp", "0.0.0.0", port) == taken })
    }

    @Test func `a port that somebody has bound is taken, though nobody listens there`() {
        host.serve("any", "-p 8340-8341:80")
        host.boxtop("stop", "-t", "0", "any")
        bind(8340)
        let fixed = host.serve("fixed", "-p 8340:80")
        #expect(fixed.code == 125, "\(fixed)")
        #expect(
            fixed.error
                == "boxtop: port 8340/tcp of this host is held by something that does not listen there, a program or a "
                + "container of another boxtop: stop it, or publish another port\n")
        let range = host.run("--rm -p 8339-8340:80-81", "true")
        #expect(range.error.contains("port 8340/tcp of this host is held by something"), "\(range)")
        let started = host.boxtop("start", "any")
        #expect(started.code == 0, "\(started)")
        #expect(host.boxtop("port", "any").output == "80/tcp -> 0.0.0.0:8341\n")
        #expect(host.getSoon("127.0.0.1", 8341) == "hello\n")
    }

    @Test func `a connection that goes out from a port keeps no container from it, and nothing is told of it`() {
        keep(
            "socket(L, PF_INET, SOCK_STREAM, 0); bind(L, sockaddr_in(8351, INADDR_LOOPBACK)); listen(L, 1); "
                + "bind(S, sockaddr_in(8350, INADDR_LOOPBACK)); connect(S, sockaddr_in(8351, INADDR_LOOPBACK))")
        #expect(host.eventually { host.host("grep -q ':209E .* 01 ' /proc/net/tcp").code == 0 })
        #expect(listen("tcp", "0.0.0.0", 8350) == taken)
        let served = host.serve("web", "-p 8350:80")
        #expect(served.code == 0, "\(served)")
        #expect(host.getSoon("127.0.0.1", 8350) == "hello\n")
        let started = events("started")
        #expect(started.count == 1 && !started[0].contains("8350"), "\(started)")
    }

    @Test func `what is left of a connection that has ended keeps no port from being held`() {
        let server =
            "use Socket; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1); "
            + "bind(S, sockaddr_in(8310, INADDR_ANY)); listen(S, 5); "
            + "socket(C, PF_INET, SOCK_STREAM, 0); connect(C, sockaddr_in(8310, INADDR_LOOPBACK)); "
            + "accept(A, S); close A; sysread(C, $b, 1); close C"
        host.host("perl -e '\(server)'")
        #expect((host.host("cat /proc/net/tcp").output).contains(":2076 "))
        #expect(host.serve("web", "-p 8310:80").code == 0)
        #expect(listen("tcp", "0.0.0.0", 8310) == taken && listen("tcp", "::", 8310) == taken)
    }

    @Test func `a datagram that is led nowhere is refused as ever`() {
        host.boxtop("network", "create", "four")
        host.run("-d --name web --network four -p 8320:80/udp", "exec sleep 60")
        #expect(listen("udp", "::", 8320) == taken)
        let client =
            "use Socket qw(:all); socket(S, PF_INET6, SOCK_DGRAM, 0); alarm 3; "
            + "connect(S, pack_sockaddr_in6(8320, inet_pton(AF_INET6, \"::1\"))); send(S, 1, 0); recv(S, $b, 1, 0); print $!"
        #expect(host.host("perl -e '\(client)'").output == "Connection refused")
    }

    @Test func `ports are held as long as they lead in, whatever network they do it by`() {
        host.boxtop("network", "create", "other")
        host.serve("web", "-p 8330:80 -p 8331:80/udp --network boxtop")
        host.boxtop("network", "disconnect", "boxtop", "web")
        #expect(listen("tcp", "0.0.0.0", 8330) == "" && listen("udp", "0.0.0.0", 8331) == "")
        let connected = host.boxtop("network", "connect", "other", "web")
        #expect(connected.code == 0, "\(connected)")
        #expect(listen("tcp", "0.0.0.0", 8330) == taken && listen("udp", "0.0.0.0", 8331) == taken)
        #expect(host.getSoon("127.0.0.1", 8330) == "hello\n")
    }

    @Test func `of a long range the first 256 ports are held, and all lead in`() {
        #expect(host.serve("web", "-p 9000-9298:80-378").code == 0)
        #expect(listen("tcp", "0.0.0.0", 9255) == taken && listen("tcp", "0.0.0.0", 9256) == "")
        #expect(host.getSoon("127.0.0.1", 9000) == "hello\n")
        #expect(((try? Files.names(in: "/proc/\(supervisor("web"))/fd")) ?? []).count < 300)
    }
}
