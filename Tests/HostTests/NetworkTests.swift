import Linux
import Records
import Testing

/// Containers in networks, with real packets between namespaces that the tests made.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `a client finds a web server of its network by name, in both families`() throws {
        #expect(host.serve("web", "--network boxtop --network-alias www").code == 0)
        let client = host.run("--rm --name client --network boxtop", "cat /etc/hosts; timeout 3 wget -qO- http://www/")
        #expect(client.output.hasSuffix("hello\n"), "\(client)")
        let interface = try #require(host.state(of: "web")?.interfaces.first)
        let address6 = try #require(interface.address6)
        #expect(host.run("--rm --network boxtop", "timeout 3 wget -qO- http://[\(address6)]/").output == "hello\n")
        #expect(client.output.contains("\(interface.address4)\tweb www "))
        #expect(client.output.contains("\(address6)\tweb www "))
    }

    @Test func `a published port is reached from the host, at its addresses and its loopback, in both families`() {
        // What bridges show to the rules of routed packets keeps ::1 from working: see Ruleset.
        host.host("echo 0 > /proc/sys/net/bridge/bridge-nf-call-ip6tables")
        #expect(host.serve("web", "-p 8080:80").code == 0)
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        #expect(host.get("::1", 8080) == "hello\n")
        let gateway = host.state(of: "web")?.interfaces.first?.gateway4 ?? ""
        #expect(host.get(gateway, 8080) == "hello\n")
        #expect(host.boxtop("port", "web").output == "80/tcp -> 0.0.0.0:8080\n")
        // From a neighbour too, and from the container itself, back through the host.
        #expect(host.run("--rm --network boxtop", "timeout 3 wget -qO- http://\(gateway):8080/").output == "hello\n")
        #expect(host.exec("web", "timeout 3 wget -qO- http://\(gateway):8080/") == "hello\n")
        host.boxtop("rm", "-f", "web")
        #expect(host.get("127.0.0.1", 8080) == "")
    }

    @Test func `a restart keeps the address, whether it was asked for or not`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "back")
        host.serve("fixed", "--network back --ip 10.9.0.77")
        host.serve("any", "--network back")
        #expect(host.address(of: "fixed") == "10.9.0.77")
        let any = host.address(of: "any")
        host.boxtop("restart", "-t", "0", "fixed", "any")
        host.boxtop("stop", "-t", "0", "any")
        host.boxtop("start", "any")
        #expect(host.address(of: "fixed") == "10.9.0.77")
        #expect(host.address(of: "any") == any)
        #expect(host.run("--rm --network back", "timeout 3 wget -qO- http://fixed/").output == "hello\n")
    }

    @Test func `low ports need no rights inside`() {
        let ended = host.run("--rm --user 1000:1000 --network boxtop --cap-drop ALL", "timeout 1 nc -l -p 80; echo $?")
        #expect(!ended.error.contains("Permission denied"), "\(ended)")
    }

    @Test func `nothing is left of containers that have ended`() {
        host.serve("web", "-p 8080:80")
        host.run("--rm --network boxtop", "true")
        host.boxtop("rm", "-f", "web")
        #expect(host.eventually { host.leftovers == [] }, "\(host.leftovers)")
        host.boxtop("network", "rm", "boxtop")
        #expect(host.host("busybox ip -o link | grep -v ': lo:'").output == "")
    }

    @Test func `addresses, ports and members are shown in docker's words`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "--internal", "-l", "a=1", "back")
        #expect(
            host.serve("web", "--network boxtop --network back,ip=10.9.0.77 -p 127.0.0.1:8080-8081:80-81").code == 0)
        func shown(_ words: String...) -> String { host.boxtop(words).output }
        let networks = "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}} {{end}}"
        #expect(shown("inspect", "-f", networks, "web") == "back=10.9.0.77 boxtop=\(host.address(of: "web")) \n")
        let port = #"{{with (index (index .NetworkSettings.Ports "80/tcp") 0)}}{{.HostIp}}:{{.HostPort}}{{end}}"#
        #expect(shown("inspect", "-f", port, "web") == "127.0.0.1:8080\n")
        let ports = "{{range $p, $b := .NetworkSettings.Ports}}{{$p}} -> {{(index $b 0).HostPort}}, {{end}}"
        #expect(shown("inspect", "-f", ports, "web") == "80/tcp -> 8080, 81/tcp -> 8081, \n")
        let pools = "{{.Driver}} {{.Internal}}{{range .IPAM.Config}} {{.Subnet}} {{.Gateway}}{{end}}"
        #expect(shown("network", "inspect", "-f", pools, "back") == "bridge true 10.9.0.0/24 10.9.0.1\n")
        let members = "{{range .Containers}}{{.Name}} {{slice .IPv4Address 0 7}}{{end}} {{.Labels.a}}"
        #expect(shown("network", "inspect", "-f", members, "back") == "web 10.9.0. 1\n")
        host.boxtop("stop", "-t", "0", "web")
        let asked = #"{{range index .HostConfig.PortBindings "81/tcp"}}{{.HostPort}}{{end}}"#
        #expect(shown("inspect", "-f", asked, "web") == "8081\n")
        #expect(
            shown("inspect", "-f", "{{json .NetworkSettings.Ports}}{{json .NetworkSettings.Networks}}", "web")
                == "{}{}\n")
    }

    @Test func `addresses are given out of the range that was asked for`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "--ip-range", "10.9.0.128/30", "back")
        for name in ["a", "b", "c", "d"] { host.serve(name, "--network back") }
        #expect(host.address(of: "a") == "10.9.0.128" && host.address(of: "d") == "10.9.0.131")
        let full = host.run("--rm --network back", "true")
        #expect(full.error.hasPrefix("boxtop: all addresses of network back (10.9.0.128/30) are in use"), "\(full)")
        #expect(host.run("--rm --network back --ip 10.9.0.7", "true").code == 0)
        let range = "{{range .IPAM.Config}}{{.IPRange}}{{end}}"
        #expect(host.boxtop("network", "inspect", "-f", range, "back").output == "10.9.0.128/30\n")
    }

    @Test func `networks are listed with what they are, and filtered`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "--label", "for=web", "--internal", "front")
        host.boxtop("network", "create", "--ipv6", "-o", "com.docker.network.driver.mtu=1400", "back")
        #expect(host.serve("web", "--network front").code == 0)
        func rows(_ template: String, _ arguments: String...) -> String {
            host.boxtop(["network", "ls", "--format", template] + arguments).output
        }
        let template = "{{.Name}} {{.Subnet}} {{.Containers}} {{.Internal}}"
        #expect(rows(template, "-f", "name=fro") == "front 10.9.0.0/24 1 yes\n")
        #expect(rows("{{.ID}} {{.Driver}} {{.Scope}}", "-f", "id=back", "-f", "driver=bridge") == "back bridge local\n")
        #expect(rows("{{.Name}}", "-f", "driver=overlay") == "")
        #expect(rows("{{.Name}}", "-f", "dangling=true") == "back\n")
        #expect(rows("{{.Name}}", "-f", "dangling=false") == "front\nhost\nnone\n")
        #expect(rows("{{.Name}} {{.Mtu}}", "-f", "name=back") == "back 1400\n")
        #expect(rows("{{.Name}}", "-f", "label=for=web") == "front\n" && rows("{{.Name}}", "-f", "label=for=db") == "")
        let names = host.boxtop("network", "ls", "-q").output.split(separator: "\n")
        #expect(names.contains("front") && names.contains("back"))
        #expect(host.run("--rm --network boxtop", "true").code == 0)
        #expect(host.boxtop("network", "prune").code == 1)
        #expect(host.boxtop("network", "prune", "-f").output == "back\n")
        #expect(host.boxtop("network", "ls", "-q").output == "boxtop\nfront\nhost\nnone\n")
        #expect(rows("{{.Name}}", "-f", "type=custom") == "front\n")
        #expect(rows("{{.Name}}", "-f", "name=bridge") == "boxtop\n")
        #expect(host.boxtop("network", "ls", "--format", "json").output.contains("\"internal\":true"))
    }

    @Test(arguments: [("host", "host"), ("none", "null")])
    func `what stands in place of a network is listed and looked at with who is in it, and cannot be removed`(
        name: String, driver: String
    ) {
        #expect(host.run("-d --name web --network \(name)", "sleep 60").code == 0)
        #expect(host.boxtop("create", "--network", name, "--rootfs", "\(host.folder)/rootfs", "true").code == 0)
        let row = host.boxtop(
            "network", "ls", "-f", "driver=\(driver)", "--format", "{{.Name}} {{.Driver}} {{.Scope}} {{.Containers}}")
        #expect(row.output == "\(name) \(driver) local 1\n", "\(row)")
        let template = "{{.name}} {{.Driver}} {{range .Containers}}{{.Name}}{{end}} {{len .IPAM.Config}}"
        for verb in [["network", "inspect"], ["inspect", "--type", "network"]] {
            let document = host.boxtop(verb + ["-f", template, name])
            #expect(document.output == "\(name) \(driver) web 0\n", "\(document)")
        }
        let refused = host.boxtop("network", "rm", "-f", name)
        #expect(refused.code == 1 && refused.error.contains("cannot be removed"), "\(refused)")
    }
}
