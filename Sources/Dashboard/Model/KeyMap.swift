import TerminalKit

/// Where keys mean something of their own.
package enum Context: String, CaseIterable, Hashable, Sendable {
    case list, limits, details, log, inspect, images, volumes, networks

    package var title: String {
        switch self {
        case .list: "List"
        case .limits: "Limits"
        case .details: "Details"
        case .log: "Logs"
        case .inspect: "Inspect"
        case .images: "Images"
        case .volumes: "Volumes"
        case .networks: "Networks"
        }
    }

    init(_ page: Page) {
        switch page {
        case .list: self = .list
        case .details: self = .details
        case .log: self = .log
        case .inspect: self = .inspect
        case .resources(let page): self = page.kind.context
        }
    }
}

/// A line of the table that makes the footer, the help screen and the manual.
package struct Binding: Sendable {
    package var keys: [Key]
    package var action: Action
    package var contexts: Set<Context>
    /// Its word in the footer; absent where it is not worth the room.
    package var footer: String?
    package var help: String

    /// The keys as the help shows them.
    package var keyNames: String { keys.map(\.description).joined(separator: " ") }
}

package enum KeyMap {
    private static let container: Set<Context> = [.list, .details, .log, .inspect]
    private static let resources: Set<Context> = [.images, .volumes, .networks]
    private static let everywhere = Set(Context.allCases)

    private static func bind(
        _ keys: [Key], _ action: Action, _ contexts: Set<Context>, footer: String? = nil, _ help: String
    ) -> Binding {
        Binding(keys: keys, action: action, contexts: contexts, footer: footer, help: help)
    }

    private static func letter(_ characters: String) -> [Key] { characters.map { .character($0) } }

    /// In the order in which people use them.
    package static let bindings: [Binding] = [
        bind([.left, .character("h")], .less, [.limits], footer: "less", "a step less"),
        bind([.right, .character("l")], .more, [.limits], footer: "more", "a step more; digits type a value"),
        bind(letter("m"), .unlimited, [.limits], footer: "unlimited", "lift the limit"),
        bind([.tab], .preset, [.limits], footer: "usual values", "the next usual value"),
        bind(letter("u"), .undo, [.limits], footer: "undo", "take the last change back"),
        bind([.enter], .apply, [.limits], "apply a value that was warned about"),
        bind([.character(","), .pageUp], .previousContainer, [.limits], "the container above"),
        bind([.character("."), .pageDown], .nextContainer, [.limits], footer: "next container", "the container below"),

        bind(
            [.function(9), .character("K")], .signal, [.details], footer: "signal",
            "send a signal of your choice to the process under the cursor, else to the container"),
        bind([.tab], .nextPane, [.details], footer: "pane", "the next pane"),
        bind([.backtab], .previousPane, [.details], "the pane before"),
        bind(letter("z"), .zoom, [.details], footer: "zoom", "the pane on the whole screen"),
        bind(letter("o") + [.function(6)], .sort, [.details], footer: "sort", "choose what to sort the processes by"),
        bind(letter("["), .earlier, [.details], footer: "back in time", "5 seconds back"),

        bind(letter("/"), .search, [.log], footer: "search", "search; matches are marked"),
        bind(letter("n"), .nextMatch, [.log], footer: "next", "the match below"),
        bind(letter("N"), .previousMatch, [.log], "the match above"),
        bind(letter("f"), .follow, [.log], footer: "follow", "follow the end, or stay"),
        bind(letter("w"), .wrap, [.log], footer: "wrap", "wrap long lines, or cut them"),
        bind([.left], .left, [.log], "long lines: to their beginning"),
        bind([.right], .right, [.log], "long lines: to their end"),
        bind(letter("t"), .times, [.log], "show times, or not"),
        bind(letter("S"), .saveLog, [.log], footer: "save", "save the log to a file in this folder"),

        bind(letter("n") + [.function(7)], .new, [.list], footer: "new", "make and start a container"),
        bind(letter("s"), .startStop, container, footer: "stop", "stop what runs, start what does not"),
        bind(letter("r"), .restart, container, footer: "restart", "stop and start again"),
        bind(letter("p"), .pauseResume, container, footer: "pause", "freeze all its processes, or let them go on"),
        bind(letter("L"), .limits, container, footer: "limits", "change limits, live"),
        bind(letter("e"), .shell, container, footer: "shell", "a shell inside; exit comes back"),
        bind(letter("l"), .logs, [.list, .details, .inspect], footer: "logs", "its output: follow, scroll, search"),
        bind([.enter], .details, [.list], footer: "details", "graphs, processes, events, log"),
        bind(letter("i"), .inspect, [.list, .details, .log], "environment, mounts, ports, isolation, health"),
        bind([.function(9), .character("K")], .signal, [.list, .log, .inspect], "send a signal of your choice"),
        bind(letter("d") + [.delete], .remove, container, "remove it; asks first"),

        bind([.enter, .character("n")], .runImage, [.images], footer: "run", "make a container of it, as a form"),
        bind(letter("p"), .pullImage, [.images], footer: "pull", "get an image from its registry"),
        bind(letter("d") + [.delete], .removeResource, resources, footer: "remove", "remove it; asks first"),
        bind(letter("I"), .images, [.list, .volumes, .networks], footer: "images", "the images: pull, run, remove"),

        bind(
            letter("/") + [.function(4)], .filter, resources.union([.list]), footer: "filter",
            "narrow to words; !word leaves out"),
        bind(letter("o") + [.function(6)], .sort, [.list], "choose what to sort by"),
        bind(letter("o") + [.function(6)], .sort, resources, footer: "sort", "choose what to sort by"),
        bind(letter("O"), .reverse, resources.union([.list]), "turn the order"),
        bind([.character(" ")], .mark, [.list], footer: "mark", "mark; verbs then act on all marked"),
        bind(
            letter("V"), .volumes, [.list, .images, .networks], footer: "volumes",
            "the volumes: their sizes, who uses them; remove"),
        bind(
            letter("N"), .networks, [.list, .images, .volumes], footer: "networks",
            "the networks: their subnets, who is in them; remove"),
        bind(letter("I"), .images, [.details, .log, .inspect], "the images"),
        bind(letter("V"), .volumes, [.details, .log, .inspect], "the volumes"),
        // In the log it is the match above.
        bind(letter("N"), .networks, [.details, .inspect], "the networks"),
        bind(letter("*"), .markAll, [.list], "mark all, or none"),
        bind(letter("a"), .all, [.list], "all, or only what runs"),
        bind(letter("c"), .columns, [.list], "choose columns"),
        bind(letter("["), .earlier, [.list], "5 seconds back in time"),
        bind(letter("]"), .later, [.list, .details], "5 seconds forward"),
        bind(letter("{"), .muchEarlier, [.list, .details], "a minute back"),
        bind(letter("}"), .muchLater, [.list, .details], "a minute forward"),
        bind(letter("0"), .now, [.list, .details], "now"),
        bind(letter("t") + [.function(5)], .tree, [.list], "its processes below the row"),
        bind(letter("Z"), .freeze, everywhere, "freeze the screen, or go on"),
        bind(letter("+"), .faster, [.list, .details], "read more often"),
        bind(letter("-"), .slower, [.list, .details], "read less often"),
        bind(letter("T"), .theme, [.list, .details], "choose colours"),
        bind(letter("S"), .save, [.list], "save columns, order, rate and theme"),
        bind(letter(":"), .palette, everywhere.subtracting([.limits]), "any command by name"),

        bind([.up, .character("k")], .up, everywhere, "up"),
        bind([.down, .character("j")], .down, everywhere, "down"),
        bind([.pageUp, .control("b")], .pageUp, container.union(resources), "a page up"),
        bind([.pageDown, .control("f")], .pageDown, container.union(resources), "a page down"),
        bind([.home, .character("g")], .first, everywhere, "the first"),
        bind([.end, .character("G")], .last, everywhere, "the last"),
        bind(letter("?") + [.function(1)], .help, everywhere, footer: "help", "this page"),
        bind([.escape, .backspace], .back, everywhere, footer: "back", "back; clears marks and filter"),
        bind(letter("q"), .back, everywhere.subtracting([.list]), "back"),
        bind(letter("q") + [.function(10)], .quit, [.list], footer: "quit", "quit; the containers run on"),
        bind([.control("l")], .redraw, everywhere, "draw the screen anew"),
        bind([.control("c")], .quit, everywhere, "quit at once"),
    ]

    /// What the palette offers in place of a key that does one thing or its opposite, as it stands: whoever types `stop`
    /// wants nothing started.
    package static let halves: [Action: [Binding]] = [
        .startStop: [
            bind(letter("s"), .start, container, "start what does not run"),
            bind(letter("s"), .stop, container, "stop what runs"),
        ],
        .pauseResume: [
            bind(letter("p"), .pause, container, "freeze all processes of what runs"),
            bind(letter("p"), .unpause, container, "resume what is paused"),
        ],
    ]

    /// What the palette offers: what has a key in `context`, and the pages of the host's own from everywhere.
    static func typed(in context: Context) -> [Binding] {
        let here = bindings(in: context).flatMap { halves[$0.action] ?? [$0] }
        let pages = bindings.filter { [.images, .volumes, .networks].contains($0.action) }
        return here + pages.map { Binding(keys: [], action: $0.action, contexts: [context], help: $0.help) }
    }

    package static func bindings(in context: Context) -> [Binding] {
        bindings.filter { $0.contexts.contains(context) }
    }

    /// What `key` asks for.
    package static func action(_ key: Key, in context: Context) -> Action? {
        bindings.first { $0.contexts.contains(context) && $0.keys.contains(key) }?.action
    }
}
