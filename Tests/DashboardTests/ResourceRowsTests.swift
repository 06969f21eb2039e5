import Dashboard
import TerminalKit
import Testing

/// Order and filter of the pages of images, volumes and networks.
@Suite struct ResourceRowsTests {
    /// The names that stand below the headings.
    private func names(_ fixture: Fixture) -> [String] {
        fixture.lines.dropFirst(2).prefix { $0.count > 1 }.map { String($0.dropFirst().prefix { $0 != " " }) }
    }

    @Test func `the largest stand first where one sorts by size, and what is not counted last`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"))
        #expect(names(fixture) == ["9c1185a5c5e9", "data", "sessions", "uploads"])
        #expect(fixture.lines[1].hasPrefix(" NAME ▴"))
        fixture.press(.character("o"), .down, .enter)
        #expect(names(fixture) == ["data", "uploads", "sessions", "9c1185a5c5e9"])
        #expect(fixture.lines[1].contains("SIZE ▾") && fixture.statusLine == "sorted by size")
        fixture.press(.character("O"))
        #expect(names(fixture) == ["sessions", "uploads", "data", "9c1185a5c5e9"])
        #expect(fixture.lines[1].contains("SIZE ▴") && fixture.statusLine == "order turned")
        // Each page has an order of its own, and keeps it.
        fixture.press(.character("N"))
        #expect(names(fixture) == ["back", "boxtop", "trial"])
        fixture.press(.character("V"))
        #expect(names(fixture).first == "sessions")
    }

    @Test(arguments: [
        ("V", "USED BY", ["uploads", "data", "sessions", "9c1185a5c5e9"], "sorted by use"),
        ("N", "SUBNET", ["boxtop", "back", "trial"], "sorted by subnet"),
        ("I", "SHARED", ["nginx:1.27", "registry.example.org/team/jobs:7", "<none>"], "sorted by shared size"),
    ])
    func `a click on a heading sorts by that, another one turns it`(
        page: Character, heading: String, order: [String], says: String
    ) throws {
        var fixture = Fixture(answers: false)
        fixture.press(.character(page))
        try fixture.click(heading)
        #expect(names(fixture) == order && fixture.statusLine == says)
        try fixture.click(heading)
        #expect(fixture.statusLine == "\(says), turned")
        #expect(fixture.lines[1].contains(heading == "SUBNET" ? "SUBNET ▾" : "\(heading) ▴"))
    }

    @Test func `the cursor stays on what it is on in any order`() throws {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"))
        try fixture.click(" uploads ")
        fixture.press(.character("o"), .down, .enter, .character("d"))
        #expect(fixture.statusLine == "uploads is used by api, web: remove those first")
        fixture.press(.end, .character("d"))
        #expect(fixture.screen.contains("Remove volume 9c1185a5c5e9?"))
    }

    @Test func `a filter narrows the page letter by letter, to names and users, and Esc clears it first`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"), .character("/"))
        fixture.type("api")
        #expect(names(fixture) == ["uploads"] && fixture.lines[0].hasPrefix(" Volumes  4 volumes"))
        fixture.press(.enter)
        #expect(fixture.lines[34].hasPrefix(" filter api  1 of 4"))
        fixture.press(.escape)
        #expect(names(fixture).count == 4)
        fixture.press(.escape)
        #expect(fixture.lines[0].hasPrefix(" boxtop "))
        fixture.press(.character("N"), .character("/"))
        fixture.type("!back 10.180")
        #expect(names(fixture) == ["boxtop", "trial"])
        // Nor has the list of containers anything of it.
        fixture.press(.enter, .character("V"))
        #expect(names(fixture).count == 4)
    }

    @Test func `where nothing matches, that is said, and keys that want one say so`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("/"))
        fixture.type("nobody")
        #expect(fixture.screen.contains(#"No image matches "nobody".  Esc clears the filter"#))
        fixture.press(.enter, .character("d"))
        #expect(fixture.statusLine == "no image matches the filter; Esc clears it")
        fixture.press(.down, .pageUp, .enter, .character("/"), .escape)
        #expect(names(fixture).count == 3)
    }

    @Test func `what comes while a page is narrowed is listed where it matches`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("/"))
        fixture.type("nginx")
        var more = Fixture.images[0]
        (more.name, more.id) = ("nginx:2", "444444444444")
        var other = more
        (other.name, other.id) = ("redis:8", "555555555555")
        fixture.feed(.listed(.images(Fixture.images + [more, other])))
        #expect(names(fixture) == ["nginx:1.27", "nginx:2"])
    }
}
