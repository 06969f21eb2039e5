/// Everything that a key, a click or the palette can ask for.
package enum Action: String, CaseIterable, Hashable, Sendable {
    case new, startStop, restart, pauseResume, limits, shell, logs, details, inspect, signal, remove
    // What one key does by turns, each by its own name.
    case start, stop, pause, unpause
    case images, volumes, networks, pullImage, runImage, removeResource
    case filter, sort, reverse, columns, all, mark, markAll, tree, freeze
    case earlier, later, muchEarlier, muchLater, now
    case slower, faster, theme, save, palette, redraw, help, back, quit
    case up, down, pageUp, pageDown, first, last
    // The limits panel.
    case less, more, unlimited, undo, preset, apply, previousContainer, nextContainer
    // A container's pages.
    case nextPane, previousPane, zoom, left, right, follow, wrap, times, saveLog, search, nextMatch, previousMatch

    /// Its name in the palette and in the manual.
    package var title: String {
        switch self {
        case .new: "new container"
        case .startStop: "start or stop"
        case .restart: "restart"
        case .pauseResume: "pause or resume"
        case .start: "start"
        case .stop: "stop"
        case .pause: "pause"
        case .unpause: "unpause"
        case .limits: "limits"
        case .shell: "shell"
        case .logs: "logs"
        case .details: "details"
        case .inspect: "inspect"
        case .signal: "send a signal"
        case .remove: "remove"
        case .images: "images"
        case .volumes: "volumes"
        case .networks: "networks"
        case .pullImage: "pull an image"
        case .runImage: "run the image"
        case .removeResource: "remove"
        case .filter: "filter"
        case .sort: "sort by"
        case .reverse: "reverse the order"
        case .columns: "columns"
        case .all: "all or running only"
        case .mark: "mark"
        case .markAll: "mark all, or none"
        case .tree: "tree of processes"
        case .freeze: "freeze the screen"
        case .earlier: "5 s back in time"
        case .later: "5 s forward"
        case .muchEarlier: "1 min back in time"
        case .muchLater: "1 min forward"
        case .now: "now"
        case .slower: "slower"
        case .faster: "faster"
        case .theme: "theme"
        case .save: "save settings"
        case .palette: "commands"
        case .redraw: "draw anew"
        case .help: "help"
        case .back: "back"
        case .quit: "quit"
        case .up: "up"
        case .down: "down"
        case .pageUp: "page up"
        case .pageDown: "page down"
        case .first: "first"
        case .last: "last"
        case .less: "less"
        case .more: "more"
        case .unlimited: "unlimited"
        case .undo: "undo"
        case .preset: "next usual value"
        case .apply: "apply"
        case .previousContainer: "previous container"
        case .nextContainer: "next container"
        case .nextPane: "next pane"
        case .previousPane: "previous pane"
        case .zoom: "zoom the pane"
        case .left: "left"
        case .right: "right"
        case .follow: "follow"
        case .wrap: "wrap long lines"
        case .times: "times"
        case .saveLog: "save to a file"
        case .search: "search"
        case .nextMatch: "next match"
        case .previousMatch: "previous match"
        }
    }
}
