import Glibc
import TestSupport
import Testing

/// Shells that the dashboard opens in real containers, through a real terminal.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")),
    .enabled(if: Tmux.isThere, "tmux is missing: apt-get install tmux"))
struct LiveShellTests: LiveDashboard {
    let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    /// The dashboard with a shell of `web` on its terminal.
    private func shell() -> Tmux {
        idle("web")
        let tmux = dashboard()
        #expect(tmux.shows("1 container "))
        tmux.press("e")
        #expect(tmux.shows("shell in web: exit comes back", within: 10))
        tmux.type("echo $((6*7))\n")
        #expect(tmux.shows("42"))
        return tmux
    }

    @Test func `what is being typed into a shell when its container ends is no key of the screen`() {
        let tmux = shell()
        tmux.type("d")
        place.run("kill", "web")
        #expect(tmux.shows("web has ended: Enter comes back"), "\(tmux.screen)")
        // The rest of a line: it asks, chooses and removes where it is taken for keys.
        tmux.type("dh\n")
        usleep(300_000)
        #expect(!tmux.screen.contains("UPTIME"))
        usleep(1_000_000)
        tmux.press("Enter")
        #expect(tmux.shows("UPTIME") && tmux.shows("web has ended: "))
        #expect(!tmux.screen.contains("Remove web?"))
        #expect(inspected("web", "{{.State.Status}}") == "exited")
    }

    @Test func `a shell that is left after an interrupted line comes back at once`() {
        let tmux = shell()
        tmux.press("C-c")
        tmux.press("C-d")
        #expect(tmux.shows("UPTIME"))
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a signal that ends the dashboard ends it while a shell is open, and the shell`(signal: Int32) throws {
        let tmux = shell()
        kill(try #require(tmux.programId), signal)
        #expect(tmux.shows("status=0"), "\(tmux.screen)")
        #expect(tmux.isRestored)
        #expect(place.eventually { !place.run("top", "web").output.contains("sh -c") })
        #expect(inspected("web", "{{.State.Status}}") == "running")
    }

    @Test func `e opens a shell inside, and its exit comes back to the list`() {
        idle("web")
        let tmux = dashboard()
        #expect(tmux.shows("1 container "))
        tmux.press("e")
        #expect(tmux.hides("UPTIME", within: 10))
        #expect(tmux.shows("shell in web: exit comes back"))
        tmux.type("echo $((6*7)) on $(hostname)\n")
        #expect(tmux.shows("42 on "))
        // Its exit code is then 127, as boxtop's own is where there is no shell.
        tmux.type("nosuchcmd\n")
        tmux.type("exit\n")
        #expect(tmux.shows("UPTIME", within: 10))
        #expect(tmux.shows(" web "))
        #expect(!tmux.screen.contains("no shell"))
        // Whoever leaves is not led to take the host's prompt for the container's.
        tmux.press("q")
        #expect(tmux.shows("left web: what follows is this host's") && tmux.shows("status=0"))
    }

    @Test func `e opens the bash of an image that has no sh`() {
        #expect(place.run("image", "pack", "-t", "tools", "/bin/bash", "/bin/sleep").code == 0)
        #expect(place.run("run", "-d", "--init", "--name", "web", "tools", "sleep", "1000").code == 0)
        let tmux = dashboard()
        #expect(tmux.shows("1 running"))
        tmux.press("e")
        #expect(tmux.hides("UPTIME", within: 10))
        tmux.type("echo $((6*7)) by ${BASH_VERSION:+bash}\n")
        #expect(tmux.shows("42 by bash"), "\(tmux.screen)")
        tmux.type("exit\n")
        #expect(tmux.shows("UPTIME", within: 10))
    }

    @Test func `an image without a shell is said to have none, with the reason`() {
        #expect(place.run("image", "pack", "-t", "bare", "/bin/sleep").code == 0)
        #expect(place.run("run", "-d", "--init", "--name", "bare", "bare", "sleep", "1000").code == 0)
        let tmux = dashboard()
        #expect(tmux.shows("1 running"))
        tmux.press("e")
        #expect(tmux.shows("no shell in bare, neither sh nor bash: boxtop exec bare PROGRAM runs"), "\(tmux.screen)")
    }
}
