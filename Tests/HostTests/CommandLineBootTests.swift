import Testing

@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineBootTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @Test func `after a boot those run again whose policy asks for it, and no others`() {
        for (name, policy) in [("always", "always"), ("stopped", "unless-stopped"), ("none", "no")] {
            place.container("-d", "--name", name, "--restart", policy, "sleep", "60")
        }
        place.run(
            "create", "--name", "unstarted", "--restart", "always", "--rootfs", place.rootfs, "sleep", "60")
        place.run("stop", "-t", "0", "always", "stopped", "none")
        #expect(place.run("ps", "-q").output == "")
        let started = place.run("start", "--boot")
        #expect(started.code == 0)
        #expect(started.output == "always\n")
        #expect(place.run("ps", "--format", "{{.Names}}").output == "always\n")
        #expect(place.run("start", "--boot").output == "")
    }

    @Test func `after a boot nobody is started before the one whose network or processes it shares`() {
        place.container("-d", "--name", "zeta", "--restart", "always", "sleep", "60")
        for (name, flag) in [("alpha", "--pid"), ("beta", "--network")] {
            place.container("-d", "--name", name, "--restart", "always", flag, "container:zeta", "sleep", "60")
        }
        place.run("stop", "-t", "0", "alpha", "beta", "zeta")
        let started = place.run("start", "--boot")
        #expect(started.code == 0 && started.output == "zeta\nalpha\nbeta\n", "\(started)")
    }

    @Test(arguments: [["start"], ["start", "--boot", "web"], ["start", "--boot", "-a"]])
    func `start wants names or --boot, not both and not neither`(arguments: [String]) {
        #expect(place.run(arguments).code == 125)
    }

    @Test func `the manual has every verb and the keys, and nothing that roff would take for its own`() {
        let page = place.run("manual").output
        for verb in ["run", "stop", "exec", "image", "update"] { #expect(page.contains("\n.B \(verb)\n"), "\(verb)") }
        #expect(page.contains(".B L\nchange limits, live"))
        let known = [".TH", ".SH", ".SS", ".TP", ".PP", ".B ", ".BR", ".I "]
        for line in page.split(separator: "\n") where line.first == "." || line.first == "'" {
            #expect(known.contains { line.hasPrefix($0) }, "\(line)")
        }
    }
}
