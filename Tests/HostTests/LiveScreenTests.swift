import Containers
import Glibc
import Linux
import Records
import TestSupport
import Testing

/// The dashboard on real containers, through a real terminal: what the keys say is looked for in the kernel.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")),
    .enabled(if: Tmux.isThere, "tmux is missing: apt-get install tmux"))
struct LiveScreenTests: LiveDashboard {
    let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    /// A container of this place's root that uses as much processor time as it gets.
    private func busy(_ name: String, _ limits: String...) {
        let loop = ["--rootfs", place.rootfs, "sh", "-c", "while :; do :; done"]
        place.run(["run", "-d", "--init", "--name", name] + limits + loop)
    }

    /// The row of the list, or of the limits panel, that begins with `title`.
    private func row(_ title: String, in screen: String) -> String {
        screen.split(separator: "\n").map(String.init).first {
            $0.drop { !$0.isLetter && !$0.isNumber }.hasPrefix("\(title) ") && !$0.contains("pressure")
        } ?? ""
    }

    @Test func `s stops and starts, p pauses, r restarts, and the containers do`() {
        idle("web")
        let tmux = dashboard()
        #expect(tmux.shows("1 container "))
        tmux.press("s")
        #expect(tmux.shows("stopped web", within: 15))
        #expect(inspected("web", "{{.State.Status}}") == "exited")
        #expect(tmux.becomes { row("web", in: $0).contains("exited") })
        tmux.press("s")
        #expect(tmux.shows("started web"))
        #expect(inspected("web", "{{.State.Status}}") == "running")
        tmux.press("p")
        #expect(tmux.shows("paused web"))
        #expect(inspected("web", "{{.State.Status}}") == "paused")
        tmux.press("p")
        #expect(tmux.shows("resumed web"))
        #expect(inspected("web", "{{.State.Status}}") == "running")
        let process = inspected("web", "{{.State.Pid}}")
        tmux.press("r")
        #expect(tmux.shows("restarted web", within: 15))
        #expect(inspected("web", "{{.State.Pid}}") != process)
    }

    @Test func `the form makes a container of an image, with what was typed`() {
        #expect(place.run("image", "pack", "-t", "tiny", "/bin/busybox").code == 0)
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        tmux.press("n")
        #expect(tmux.shows("New container") && tmux.shows("tiny:latest"))
        tmux.press("C-u")
        tmux.type("shop")
        tmux.press("Tab")
        tmux.type("busybox sleep 1000")
        tmux.press("Tab", "C-u")
        tmux.type("48m")
        tmux.press("Enter")
        #expect(tmux.shows("started shop", within: 15))
        #expect(tmux.becomes { row("shop", in: $0).contains("/48M") })
        #expect(inspected("shop", "{{.limits.memory}}") == "\(48 << 20)")
        #expect(place.run("exec", "shop", "busybox", "cat", "/proc/1/cmdline").output.contains("sleep"))
    }

    @Test func `an arrow moves a limit, and the gauge follows`() throws {
        busy("worker", "--cpus", "0.2", "--memory", "64m")
        let tmux = dashboard()
        #expect(tmux.becomes(within: 10) { row("worker", in: $0).contains("of 0.2") })
        tmux.press("L")
        #expect(tmux.shows("Limits of worker"))
        tmux.press("Right", "Right", "Right")
        #expect(tmux.becomes { row("worker", in: $0).contains("of 0.5") })
        #expect(inspected("worker", "{{.limits.cpus}}") == "0.5")
        // It uses what it may now have: the gauge beside the limit shows more than before, before long.
        #expect(
            tmux.becomes(within: 10) { screen in
                let used = row("CPU", in: screen).firstMatch(of: /([0-9.]+) of [0-9.]+ cores in use/)
                return used.flatMap { Double($0.1) }.map { $0 > 0.3 } ?? false
            }, "\(tmux.screen)")
        tmux.press("Down", "Down", "Down", "Right")
        #expect(tmux.shows("Memory 64 MiB → 72 MiB"))
        #expect(inspected("worker", "{{.limits.memory}}") == "\(72 << 20)")
        #expect(tmux.becomes { row("worker", in: $0).contains("/72M") })
        tmux.type("96m")
        tmux.press("Enter")
        #expect(tmux.becomes { row("worker", in: $0).contains("/96M") })
        tmux.press("u")
        #expect(tmux.becomes { row("worker", in: $0).contains("/72M") })
        // Kept for the next start.
        tmux.press("Escape")
        #expect(tmux.hides("Limits of worker"))
        tmux.press("r")
        #expect(tmux.shows("restarted worker", within: 15))
        #expect(tmux.becomes { row("worker", in: $0).contains("/72M") && row("worker", in: $0).contains("of 0.5") })
    }

    @Test func `K kills with a signal of one's choice, d asks and removes`() {
        idle("web")
        idle("cache")
        let tmux = dashboard()
        #expect(tmux.shows("2 containers"))
        tmux.press("/")
        tmux.type("cache")
        tmux.press("Enter")
        #expect(tmux.hides(" web "))
        tmux.press("K")
        #expect(tmux.shows("Signal to cache"))
        tmux.press("Down", "Enter")
        #expect(tmux.becomes { row("cache", in: $0).contains("137") }, "\(tmux.screen)")
        #expect(inspected("cache", "{{.State.ExitCode}}") == "137")
        tmux.press("d")
        #expect(tmux.shows("Remove cache?"))
        tmux.press("Right", "Enter")
        #expect(tmux.shows("No container matches"))
        #expect(place.run("inspect", "cache").code != 0)
        tmux.press("Escape")
        #expect(tmux.shows("1 container ") && tmux.shows(" web "))
        #expect(inspected("web", "{{.State.Status}}") == "running")
    }

    @Test func `one process of a container is chosen in its details and killed, and the others live on`() {
        place.container("-d", "--init", "--name", "web", "sh", "-c", "sleep 1001 & sleep 1002 & wait")
        let tmux = dashboard(rows: 44)
        #expect(tmux.shows("1 container "))
        tmux.press("Enter")
        #expect(tmux.shows("sleep 1001") && tmux.shows("sleep 1002"))
        tmux.press("o", "Down", "Enter")
        #expect(tmux.shows("processes sorted by pid"))
        tmux.press("End", "K")
        #expect(tmux.becomes { $0.contains(/Signal to sleep 1002 \([0-9]+\) in web/) }, "\(tmux.screen)")
        tmux.press("Down", "Enter")
        #expect(tmux.shows("sent KILL to sleep 1002"))
        #expect(tmux.becomes { $0.contains("sleep 1001") && $0.contains(/sent KILL/) && !$0.contains("  sleep 1002") })
        #expect(inspected("web", "{{.State.Status}}") == "running")
        tmux.press("K")
        // Where it was seen between its death and its parent's wait, the menu opens, and closes with a word of its own.
        #expect(tmux.shows("has ended"), "\(tmux.screen)")
        tmux.press("K")
        #expect(tmux.shows("has ended; Esc leaves it"), "\(tmux.screen)")
    }

    @Test func `logs follow what a container says, the details and inspection what it is`() {
        place.container(
            "-d", "--name", "talker", "-e", "COLOUR=green", "-v", "\(place.rootfs)/etc:/given:ro", "sh", "-c",
            "i=0; while :; do i=$((i+1)); echo line $i; sleep 1; done")
        let tmux = dashboard(rows: 44)
        #expect(tmux.shows("1 container "))
        tmux.press("l")
        #expect(tmux.shows("line 2") && tmux.shows("line 4"))
        tmux.press("Escape")
        #expect(tmux.shows("UPTIME"))
        tmux.press("Enter")
        #expect(tmux.shows("Time line") && tmux.shows("sleep 1"))
        tmux.press("i")
        #expect(tmux.shows("COLOUR") && tmux.shows("/given"))
        tmux.press("Escape")
        #expect(tmux.hides("/given"))
    }

    @Test func `a build goes on when the dashboard is left, which says so`() throws {
        #expect(place.run("image", "pack", "-t", "tiny", "/bin/busybox").code == 0)
        let input = "\(place.folder)/input"
        try Files.makeDirectories(input)
        let text = ["FROM tiny", "RUN [\"busybox\", \"sleep\", \"2\"]", "RUN [\"busybox\", \"echo\", \"last words\"]"]
        try Files.replace("\(input)/Containerfile", with: Array((text.joined(separator: "\n") + "\n").utf8))
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        tmux.press(":")
        tmux.type("build -t slow \(input)")
        tmux.press("Enter")
        /// The containers of steps, which no list of boxtop's has.
        func steps() -> [String] { StateFiles(place.layout).ids() }
        #expect(place.eventually { !steps().isEmpty })
        tmux.press("q")
        #expect(tmux.shows("build -t slow \(input) goes on; boxtop image ls shows"), "\(tmux.screen)")
        #expect(place.eventually(within: 20) { place.run("image", "ls").output.contains("slow") })
        #expect(place.eventually { steps().isEmpty })
    }

    @Test func `inspection shows the health check, and what it has said`() {
        let check = ["--health-cmd", "echo no disk; echo at all; exit 4", "--health-interval", "200ms"]
        let made = place.run(
            ["run", "-d", "--init", "--name", "ill", "--rootfs", place.rootfs] + check + ["sleep", "1000"])
        #expect(made.code == 0)
        let tmux = dashboard(rows: 60)
        #expect(tmux.shows("unhealthy"))
        tmux.press("i")
        #expect(tmux.shows("Health"))
        for text in ["every 0.2 s", "after 3 failures in a row", "exit code 4: no disk", "at all"] {
            #expect(tmux.screen.contains(text), "\(text): \(tmux.screen)")
        }
    }

    @Test func `what was chosen is removed, not what has come by its name meanwhile`() {
        idle("swap")
        let tmux = dashboard()
        #expect(tmux.shows("1 container "))
        tmux.press("d")
        #expect(tmux.shows("Remove swap?"))
        place.run("rename", "swap", "swap-old")
        idle("swap")
        #expect(tmux.shows("Remove swap-old?"))
        tmux.press("y", "Enter")
        #expect(tmux.shows("removed swap-old", within: 15))
        #expect(inspected("swap", "{{.State.Status}}") == "running")
        #expect(place.run("inspect", "swap-old").code != 0)
    }

    @Test func `the images' screen runs one and removes it`() {
        #expect(place.run("image", "pack", "-t", "tiny", "/bin/busybox", "--", "busybox", "sleep", "1000").code == 0)
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        tmux.press("I")
        #expect(tmux.shows("tiny:latest") || tmux.screen.contains("tiny"))
        tmux.press("Enter")
        #expect(tmux.shows("New container"))
        tmux.press("Enter")
        #expect(tmux.shows("started tiny-1", within: 15))
        #expect(inspected("tiny-1", "{{.State.Status}}") == "running")
        place.run("rm", "-f", "tiny-1")
    }

    @Test func `the volumes' screen shows who uses one and its size, and removes what nobody uses`() throws {
        place.run("volume", "create", "spare")
        place.container("-d", "--init", "--name", "web", "-v", "data:/data", "sleep", "1000")
        let file = [UInt8](repeating: 1, count: 3 << 20)
        try Files.replace("\(place.layout.volumeData("data"))/file", with: file, durable: false)
        let tmux = dashboard()
        #expect(tmux.shows("1 container "))
        tmux.press("V")
        #expect(tmux.shows("2 volumes"))
        #expect(tmux.becomes { row("data", in: $0).contains("3.0 MiB  web ") }, "\(tmux.screen)")
        tmux.press("d")
        #expect(tmux.shows("data is used by web: remove that first"))
        // What comes while one looks is there, too.
        place.run("volume", "create", "extra")
        #expect(tmux.shows("3 volumes"))
        tmux.press("End", "d")
        #expect(tmux.shows("Remove volume spare?"))
        tmux.press("y", "Enter")
        #expect(tmux.shows("removed volume spare") && tmux.shows("2 volumes"))
        #expect(place.run("volume", "ls", "-q").output == "data\nextra\n")
    }

    @Test func `what counts the volumes ends when nobody looks at them any longer`() throws {
        place.run("volume", "create", "data")
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        let program = try #require(tmux.programId)
        tmux.press("V")
        #expect(tmux.shows("1 volume"))
        tmux.press("Escape")
        #expect(tmux.shows("no containers yet"))
        #expect(Files.text("/proc/\(program)/task/\(program)/children") == "")
    }

    @Test func `the networks' screen shows subnets, and removes a network`() {
        #expect(place.run("network", "create", "--internal", "--subnet", "10.231.7.0/24", "back").code == 0)
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        tmux.press("N")
        #expect(tmux.becomes { row("back", in: $0).contains("10.231.7.0/24") }, "\(tmux.screen)")
        #expect(row("back", in: tmux.screen).contains(/10.231.7.1 +yes +–/))
        tmux.press("d", "y", "Enter")
        #expect(tmux.shows("removed network back") && tmux.shows("There are no networks yet"))
        #expect(place.run("network", "inspect", "back").code != 0)
    }

    @Test func `it follows the window, and q and a kill leave the containers running`() throws {
        idle("web")
        for end in ["q", "kill"] {
            let tmux = dashboard()
            #expect(tmux.shows(" web "))
            for (columns, rows) in [(40, 8), (200, 60), (100, 30)] {
                tmux.resize(columns: columns, rows: rows)
                #expect(tmux.becomes { $0.contains("web") && $0.contains("q quit") })
            }
            if end == "q" {
                tmux.press("q")
                #expect(tmux.shows("status=0"))
                #expect(tmux.isRestored)
            } else {
                let program = try #require(tmux.programId)
                kill(program, SIGKILL)
                #expect(eventually { kill(program, 0) != 0 })
            }
            #expect(inspected("web", "{{.State.Status}}") == "running")
        }
    }

    @Test func `what the command line does meanwhile is on the screen within two seconds`() {
        let tmux = dashboard()
        #expect(tmux.shows("no containers yet"))
        idle("late")
        #expect(tmux.shows(" late ", within: 2))
        place.run("rm", "-f", "late")
        #expect(tmux.hides(" late ", within: 2))
    }
}
