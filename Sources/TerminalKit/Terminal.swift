import CTerminal
import Glibc

/// Why there can be no screen.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    case notATerminal
    /// `TERM` names a terminal that is unknown here, or cannot place its cursor.
    case unusable(term: String)

    package var description: String {
        switch self {
        case .notATerminal:
            "this is not a terminal: use `boxtop -b`, `boxtop ps` or `boxtop stats` where output goes to a pipe or a file"
        case .unusable(let term):
            term.isEmpty
                ? "TERM is not set: say which terminal this is, as in TERM=xterm-256color boxtop"
                : "cannot draw on a terminal of type \"\(term)\": install ncurses-term, or try TERM=xterm-256color boxtop, or boxtop -b"
        }
    }
}

/// The terminal in curses mode, from `init` until this goes out of scope, however that happens. One at a time.
package struct Terminal: ~Copyable {
    package let depth: ColourDepth
    /// Whether the locale writes UTF-8; else blitting falls back to 7-bit ASCII.
    package let unicode: Bool
    /// The console of Linux itself, whose fonts have 256 or 512 signs: no braille, no round corners, no thin bars.
    private let isConsole: Bool
    private var theme: Theme
    private var palette: Palette
    private var pairs: [Style: Int32] = [:]
    private var drawn: Canvas?
    private var cursorShown = false
    private var scalars: [UInt32] = []
    private var paste = Paste()
    private var answer = GroundAnswer()
    /// Whether its ground is light, as far as that is known.
    private var isLight: Bool?
    /// It was asked for that.
    private var wasAsked = false
    /// What was typed while its answer was waited for.
    private var early: [cterm_event] = []

    /// Takes the screen.
    package init(theme: Theme, environment: [String: String]) throws(TerminalError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
        let term = environment["TERM"] ?? ""
        let wantsTrue = ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
        // A terminal that says it has true colour is asked for by its direct name, where terminfo knows one.
        let direct = term.hasSuffix("-256color") ? "\(term.dropLast("-256color".count))-direct" : nil
        var opened = false
        if wantsTrue, let direct { opened = cterm_open(direct) == 0 }
        if !opened { opened = !term.isEmpty && cterm_open(nil) == 0 }
        guard opened else { throw .unusable(term: term) }
        unicode = cterm_utf8()
        isConsole = term == "linux" || term.hasPrefix("linux-")
        depth = ColourDepth(colours: Int(cterm_colours()), direct: cterm_direct())
        self.theme = theme
        isLight = environment["COLORFGBG"].flatMap { GroundAnswer.isLight(colours: $0) }
        palette = Palette(theme: theme.shown(onLight: isLight), depth: depth)
        if askForGround() { awaitAnswer(milliseconds: 50) }
        // Else the nearest entries of the palette become what they stand for; a terminal that only claims to allow
        // that still shows the nearest. endwin(3) gives them back.
        if wantsTrue, palette.depth == .palette, cterm_changeable() {
            for colour in palette.exact where colour.index >= 16 { _ = cterm_colour(colour.index, UInt32(colour.rgb)) }
        }
    }

    deinit { cterm_close() }

    package var look: Look { Look(unicode: unicode && !isConsole, coloured: palette.isColoured) }

    package var size: (rows: Int, columns: Int) {
        var (rows, columns): (Int32, Int32) = (0, 0)
        cterm_size(&rows, &columns)
        return (Int(rows), Int(columns))
    }

    package mutating func change(theme: Theme) {
        self.theme = theme
        _ = askForGround()
        settle()
    }

    private mutating func settle() {
        palette = Palette(theme: theme.shown(onLight: isLight), depth: depth)
        pairs = [:]
        drawn = nil
    }

    /// What is on the screen is no longer what it should be: it is to be drawn, whether anything has changed or not.
    package var isStale: Bool { drawn == nil }

    /// Asks for the colour of its ground, where that decides how it looks and nothing has told it; once.
    private mutating func askForGround() -> Bool {
        guard theme == .auto, isLight == nil, !wasAsked, !isConsole, depth != .none else { return false }
        wasAsked = true
        cterm_ask_ground()
        return true
    }

    /// So that the first frame has the right colours. An answer that is on its way for longer changes them when it comes;
    /// so does one that comes behind what is typed. A terminal that has gone is no more waited for.
    private mutating func awaitAnswer(milliseconds: Int32) {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while !answer.isOver, early.isEmpty, poll(&request, 1, milliseconds) > 0, request.revents == Int16(POLLIN) {
            while true {
                let event = cterm_read()
                if event.kind == CTERM_NONE { break }
                if !takesAnswer(event) { early.append(event) }
            }
        }
    }

    private mutating func takesAnswer(_ event: cterm_event) -> Bool {
        let isTaken = answer.takes(event)
        if let light = answer.isLight, light != isLight {
            isLight = light
            if theme == .auto { settle() }
        }
        return isTaken
    }

    /// The window has another size: asks for it.
    package mutating func resize() {
        cterm_resize()
        drawn = nil
    }

    /// Gives the terminal to somebody else, as it was found.
    package mutating func leave() { cterm_leave() }

    /// Takes it back.
    package mutating func enter() {
        cterm_resize()
        cterm_enter()
        drawn = nil
    }

    /// Brings `canvas` on the screen: what has changed since the last one is all that is sent.
    ///
    /// - Returns: whether anything was.
    @discardableResult
    package mutating func draw(_ canvas: consuming Canvas) -> Bool {
        guard canvas != drawn else { return false }
        var changed: [Run] = []
        canvas.runs(since: drawn) { changed.append($0) }
        for run in changed { put(run, of: canvas) }
        if let cursor = canvas.cursor {
            cterm_cursor(Int32(cursor.row), Int32(cursor.column))
        } else if cursorShown {
            cterm_cursor(-1, 0)
        }
        cursorShown = canvas.cursor != nil
        cterm_flush()
        drawn = canvas
        return true
    }

    private mutating func put(_ run: Run, of canvas: borrowing Canvas) {
        scalars.removeAll(keepingCapacity: true)
        for column in run.column..<run.column + run.count {
            let cell = canvas[run.row, column]
            if unicode {
                // The right half of a wide character comes with its left one.
                if cell.scalar == 0 { continue }
                scalars.append(isConsole ? cell.plain : cell.scalar)
                scalars.append(cell.mark)
            } else {
                scalars.append(cell.scalar == 0 ? 0x20 : cell.ascii)
                scalars.append(0)
            }
        }
        let ink = palette.ink(run.style)
        cterm_put(
            Int32(run.row), Int32(run.column), scalars, Int32(scalars.count / 2), pair(run.style, ink),
            ink.attributes.rawValue)
    }

    private mutating func pair(_ style: Style, _ ink: Ink) -> Int32 {
        guard ink.foreground >= 0 || ink.background >= 0 else { return 0 }
        let colours = Style(style.role, on: style.ground)
        if let known = pairs[colours] { return known }
        let made = Int32(pairs.count + 1)
        pairs[colours] = cterm_pair(made, ink.foreground, ink.background) == 0 ? made : 0
        return pairs[colours] ?? 0
    }

    /// What has been typed, clicked or pasted since last asked; never waits.
    package mutating func inputs() -> [Input] {
        var inputs: [Input] = []
        while true {
            // What was typed early was no answer.
            let isEarly = !early.isEmpty
            let event = isEarly ? early.removeFirst() : cterm_read()
            if event.kind != CTERM_NONE, !isEarly && takesAnswer(event) || paste.takes(event) { continue }
            if let text = paste.ended() {
                inputs.append(.paste(text))
                continue
            }
            switch event.kind {
            case CTERM_CHARACTER: if let key = Key(scalar: event.code) { inputs.append(.key(key)) }
            case CTERM_KEY: if let key = Key(code: event.code) { inputs.append(.key(key)) }
            case CTERM_MOUSE:
                let (row, column) = (Int(event.row), Int(event.column))
                inputs.append(
                    event.wheel == 0
                        ? .click(row: row, column: column) : .wheel(Int(event.wheel), row: row, column: column))
            default: return inputs
            }
        }
    }
}
