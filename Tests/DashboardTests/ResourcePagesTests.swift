import Dashboard
import Linux
import Monitoring
import TerminalKit
import Testing

/// The pages of volumes and networks, and what they have in common with that of images.
@Suite struct ResourcePagesTests {
    @Test func `volumes are listed with their sizes and users, networks with their subnets and members`() {
        var fixture = Fixture(columns: 130)
        fixture.press(.character("V"))
        #expect(fixture.lines[0].hasPrefix(" Volumes  4 volumes"))
        #expect(fixture.lines.contains { $0.hasPrefix(" uploads ") && $0.contains("410 MiB  api, web") })
        // One that nobody named, as `volume ls` has it; its size is being counted.
        #expect(fixture.lines.contains { $0.hasPrefix(" 9c1185a5c5e9 ") && $0.contains("…  –") })
        fixture.press(.character("N"))
        #expect(fixture.lines[0].hasPrefix(" Networks  3 networks"))
        #expect(fixture.lines.contains { $0.hasPrefix(" back ") && $0.contains(/10\.180\.4\.1 +yes +api, cache/) })
        #expect(fixture.lines.contains { $0.hasPrefix(" boxtop ") && $0.contains("fd5c:9b2e:41a7::/64") })
    }

    @Test func `how much all volumes take is said once each was counted`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"))
        #expect(!fixture.lines[0].contains("in all"))
        let sizes: [Int64] = [1 << 20, 3 << 20]
        let volumes = sizes.map { VolumeReading(name: "v\($0)", isAnonymous: false, size: $0, users: [], created: nil) }
        fixture.feed(.listed(.volumes(volumes)))
        #expect(fixture.lines[0].hasPrefix(" Volumes  2 volumes  4.0 MiB in all"))
    }

    @Test(arguments: [
        ("V", "volume", "9c1185a5c5e9fc54612808977ee8f548b2258d31ddadef707ba62c166051b9e3", "All that is in it goes"),
        ("N", "network", "trial", "Its addresses may become another network's."),
    ])
    func `one is removed after a question, by the verb`(key: Character, kind: String, id: String, says: String) throws {
        let name = id.prefix(12)
        var fixture = Fixture(answers: false)
        fixture.press(.character(key))
        try fixture.click(" \(name) ")
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove \(kind) \(name)?") && fixture.screen.contains(says))
        fixture.press(.enter)
        #expect(fixture.asked().isEmpty && fixture.statusLine == "nothing was removed")
        fixture.press(.delete, .right, .enter)
        let arguments = [kind, "rm", id]
        #expect(fixture.asked() == [.run(arguments: arguments)])
        fixture.feed(.ended(arguments: arguments, status: 1, message: "boxtop: a reason"))
        #expect(fixture.statusLine == "a reason")
        fixture.feed(.ended(arguments: arguments, status: 0, message: ""))
        #expect(fixture.statusLine == "removed \(kind) \(name)")
    }

    @Test(arguments: [
        ("V", " uploads ", "uploads is used by api, web: remove those first"),
        ("V", " sessions ", "sessions is used by cache: remove that first"),
        ("N", " back ", "back is used by api, cache, db: remove those first"),
    ])
    func `what is used is not asked about: who has to go first is said`(key: Character, row: String, says: String)
        throws
    {
        var fixture = Fixture(answers: false)
        fixture.press(.character(key))
        try fixture.click(row)
        #expect(!fixture.screen.contains("d remove"))
        fixture.press(.character("d"))
        #expect(fixture.statusLine == says && !fixture.screen.contains("Remove "))
    }

    @Test func `of many users two are named`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"))
        let users = (1...9).map { "web-\($0)" }
        let volume = VolumeReading(name: "data", isAnonymous: false, size: 0, users: users, created: nil)
        fixture.feed(.listed(.volumes([volume])))
        fixture.press(.character("d"))
        #expect(fixture.statusLine == "data is used by web-1, web-2 and 7 more: remove those first")
    }

    /// Volumes that nobody uses, sized.
    private func volumes(_ names: [String]) -> ScreenEvent {
        .listed(.volumes(names.map { VolumeReading(name: $0, isAnonymous: false, size: 0, users: [], created: nil) }))
    }

    @Test func `a list that shrinks and a screen that grows leave no room empty below while rows lie above`() {
        var fixture = Fixture(rows: 12)
        fixture.press(.character("V"))
        fixture.feed(volumes((1...40).map { "v\($0)" }))
        fixture.press(.end)
        fixture.feed(volumes((1...10).map { "v\($0)" }))
        #expect(fixture.lines[2].hasPrefix(" v3 ") && fixture.lines[9].hasPrefix(" v10 "))
        fixture.feed(.resize(rows: 24, columns: 160))
        #expect(fixture.lines[2].hasPrefix(" v1 ") && fixture.lines[11].hasPrefix(" v10 "))
        // And the cursor's row is seen on a screen that shrinks.
        fixture.feed(.resize(rows: 10, columns: 160))
        #expect(fixture.lines[7].hasPrefix(" v10 "))
    }

    @Test func `names are in the order in which people count`() {
        var fixture = Fixture()
        fixture.press(.character("V"))
        fixture.feed(volumes(["vol-10", "vol-2", "vol-1"]))
        #expect(zip(fixture.lines[2...4], [" vol-1 ", " vol-2 ", " vol-10 "]).allSatisfy { $0.hasPrefix($1) })
    }

    @Test func `a column is as wide as what stands in it`() {
        var fixture = Fixture(columns: 160)
        fixture.press(.character("V"))
        // The name of the one that nobody named is drawn short, and so takes no more room.
        #expect(fixture.lines[1].hasPrefix(" NAME") && fixture.lines[1].contains(/^ NAME ▴ {14,40}SIZE/))
        fixture.press(.character("N"))
        let subnet = "fd5c:9b2e:41a7:1234:5678:9abc:def0:1200/120"
        fixture.feed(
            .listed(
                .networks([
                    NetworkReading(
                        name: "six", subnet: "10.180.8.0/22", subnet6: subnet, gateway: "10.180.8.1",
                        isInternal: false, users: [], created: Timestamp(nanoseconds: 0))
                ])))
        #expect(fixture.screen.contains(" \(subnet) "))
    }

    @Test func `a frozen page says so, and goes on when one is removed`() throws {
        var fixture = Fixture(answers: false)
        fixture.press(.character("N"), .character("Z"))
        #expect(fixture.lines[0].contains("frozen"))
        try fixture.click(" trial ")
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove network trial?") && !fixture.lines[0].contains("frozen"))
        fixture.press(.right, .enter, .character("Z"))
        _ = fixture.asked()
        // Frozen again before the verb has ended: what is listed is asked for all the same.
        fixture.feed(.ended(arguments: ["network", "rm", "trial"], status: 0, message: ""))
        #expect(fixture.effects.contains(.needListing(.network)))
    }

    @Test(arguments: [Key.enter, .character("l"), .character("i")])
    func `they are reached from a container's pages, and Esc leads back there`(page: Key) {
        var fixture = Fixture()
        fixture.select("worker")
        fixture.press(page)
        for (key, title) in [("I", "Images"), ("V", "Volumes"), ("N", "Networks")]
        where key != "N" || page != .character("l") {
            fixture.press(.character(Character(key)))
            #expect(fixture.lines[0].hasPrefix(" \(title) "))
            fixture.press(.escape)
            #expect(fixture.lines[0].hasPrefix(" worker "))
        }
    }

    @Test func `Esc leads back to what a container was that has been removed meanwhile`() {
        var fixture = Fixture()
        fixture.select("worker")
        fixture.press(.enter, .character("V"))
        fixture.sweep { $0.containers.removeAll { $0.name == "worker" } }
        #expect(fixture.lines[0].hasPrefix(" Volumes ") && fixture.statusLine == "worker was removed")
        fixture.press(.escape)
        #expect(fixture.lines[0].hasPrefix(" worker ") && fixture.lines[0].contains("× removed"))
        fixture.press(.escape)
        #expect(fixture.lines[0].hasPrefix(" boxtop "))
    }

    @Test func `the cursor stays on what it is on while others come and go`() throws {
        var fixture = Fixture()
        fixture.press(.character("V"))
        try fixture.click(" uploads ")
        let uploads = VolumeReading(name: "uploads", isAnonymous: false, size: 0, users: [], created: nil)
        fixture.feed(.listed(.volumes([uploads])))
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove volume uploads?"))
    }

    @Test func `one page leads to the other, and Esc from each to the list`() {
        var fixture = Fixture()
        for key in "IVNIV" { fixture.press(.character(key)) }
        #expect(fixture.lines[0].hasPrefix(" Volumes "))
        fixture.press(.escape)
        #expect(fixture.lines[0].hasPrefix(" boxtop "))
    }

    @Test func `each page says in its footer how the others are reached, and a click there goes`() throws {
        var fixture = Fixture()
        fixture.press(.character("I"))
        for (word, title) in [("V volumes", "Volumes"), ("N networks", "Networks"), ("I images", "Images")] {
            try fixture.clickFooter(word)
            #expect(fixture.lines[0].hasPrefix(" \(title) "))
        }
    }

    @Test(arguments: [
        ("V", Listing.volumes([]), "There are no volumes yet", "no volume is selected; : volume create NAME makes one"),
        ("N", .networks([]), "There are no networks yet", "no network is selected; : network create NAME makes one"),
    ])
    func `where there is none, that is said, and what makes one`(
        key: Character, none: Listing, page: String, refusal: String
    ) {
        var fixture = Fixture()
        fixture.press(.character(key))
        fixture.feed(.listed(none))
        #expect(fixture.screen.contains(page))
        fixture.press(.character("d"))
        #expect(fixture.statusLine == refusal)
        fixture.press(.down, .pageDown, .up)
    }

    @Test func `a long list is scrolled, and its last row is reached`() {
        var fixture = Fixture(rows: 12)
        fixture.press(.character("V"))
        let volumes = (0..<40).map {
            VolumeReading(name: "volume-\($0)", isAnonymous: false, size: 0, users: [], created: nil)
        }
        fixture.feed(.listed(.volumes(volumes)))
        fixture.press(.end)
        #expect(fixture.screen.contains(" volume-39 ") && !fixture.screen.contains(" volume-31 "))
        fixture.press(.pageUp, .home)
        #expect(fixture.screen.contains(" volume-0 "))
    }
}
