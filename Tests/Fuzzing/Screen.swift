import Dashboard
import Linux
import Monitoring
import TerminalKit

/// Each byte is a key, a click, a sweep or a new size, on a dashboard of made-up containers; and the screen is drawn.
func takeKeys(_ bytes: [UInt8]) {
    var screen = MadeUpScreen()
    var rest = bytes.prefix(200)[...]
    while let byte = rest.popFirst() {
        switch byte {
        case 0x80..<0xA0: screen.sweep()
        case 0xA0..<0xA8:
            let (rows, columns) = (Int(rest.popFirst() ?? 24), Int(rest.popFirst() ?? 80))
            screen.feed(.resize(rows: rows, columns: columns))
        case 0xA8..<0xB0:
            screen.feed(.input(.click(row: Int(rest.popFirst() ?? 3), column: Int(rest.popFirst() ?? 9))))
        case 0xB0..<0xB8:
            screen.feed(.input(.wheel(byte & 1 == 0 ? 1 : -1, row: Int(rest.popFirst() ?? 3), column: 9)))
        default: screen.feed(.input(.key(key(byte))))
        }
    }
    screen.draw()
}

private func key(_ byte: UInt8) -> Key {
    let named: [Key] = [
        .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backtab, .backspace,
        .delete,
    ]
    switch byte {
    case 0..<14: return named[Int(byte)]
    case 14..<26: return .function(Int(byte) - 13)
    case 0x20..<0x7F: return .character(Character(UnicodeScalar(byte)))
    case 0xC0..<0xDA: return .control(Character(UnicodeScalar(byte - 0xC0 + 0x61)))
    default: return .character(["é", "漢", "👩‍👩‍👧", "\u{301}", "\u{200B}"][Int(byte) % 5])
    }
}

private struct MadeUpScreen {
    private var model = Model()
    private let containers: DemoContainers
    private let clock = Clock()

    private final class Clock {
        var seconds: UInt64 = 0
    }

    init() {
        let clock = clock
        containers = DemoContainers(count: 9) {
            (
                MonotonicTime(nanoseconds: clock.seconds * 1_000_000_000),
                Timestamp(nanoseconds: (1_795_689_700 + clock.seconds) * 1_000_000_000)
            )
        }
        model.images = DemoContainers.images
        feed(.resize(rows: 24, columns: 80))
        sweep()
        sweep()
    }

    mutating func sweep() {
        clock.seconds += 1
        feed(.snapshot(containers.sweep()))
    }

    mutating func feed(_ event: ScreenEvent) {
        for effect in update(&model, event) { answer(effect) }
    }

    private mutating func answer(_ effect: Effect) {
        switch effect {
        case .run(let arguments):
            let result = containers.perform(arguments)
            feed(.ended(arguments: arguments, status: result.status, message: result.message))
        case .applyLimit(let id, let change):
            do {
                feed(.limited(id: id, change, try containers.limit(id, change.applied(to:))))
            } catch {
                feed(.limitRefused(id: id, error.description))
            }
        case .signal(let id, let process, let name):
            do {
                try containers.signal(process.identity, of: id, name)
                feed(.signalled(process, name: name, refusal: nil))
            } catch {
                feed(.signalled(process, name: name, refusal: error.description))
            }
        case .needDetails(let id):
            feed(
                .details(
                    ContainerDetails(
                        id: id, processes: containers.processes(of: id), events: containers.events(of: id, last: 100),
                        particulars: containers.particulars(of: id))))
        case .needLog(let id, let count): feed(.log(id: id, containers.log(of: id, last: count)))
        case .needListing(let kind): feed(.listed(containers.listing(of: kind)))
        default: break
        }
    }

    func draw() { _ = view(model).text }
}
