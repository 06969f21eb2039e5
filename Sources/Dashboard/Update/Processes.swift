import Monitoring
import TerminalKit

/// The processes of the container whose details are open: their order, the one under the cursor, and signals to it.
extension Model {
    /// As they are listed.
    var processes: [ProcessReading] {
        guard let details, details.id == selected else { return [] }
        return processOrder.sorted(details.processes)
    }

    /// The process under the cursor, as it was when the cursor came there; absent where the container as a whole is meant.
    var currentProcess: ProcessReading? {
        guard case .details(let page) = page, page.focus == .processes else { return nil }
        return page.process
    }

    /// Whether it still is among those of its container.
    private func isThere(_ process: ProcessReading) -> Bool {
        guard let details, details.id == selected else { return false }
        return details.processes.contains { $0.identity == process.identity }
    }

    /// Why it cannot be sent a signal, as a sentence; `nil` where it can, and where the container is meant.
    func processRefusal(of action: Action) -> String? {
        guard action == .signal, let process = currentProcess, !isThere(process) else { return nil }
        return "\(process.title) has ended; Esc leaves it"
    }

    mutating func moveProcess(_ page: DetailsPage, _ action: Action, rows: Int) {
        let processes = processes
        let place = page.cursor(in: processes)
        // The first key puts the cursor on the first that is seen.
        let isFirst = place == nil && (action == .up || action == .down)
        let from = place ?? page.scroll
        let next = isFirst ? from : scrolled(from, action, page: max(1, rows - 1), last: processes.count - 1)
        if processes.indices.contains(next) { select(processes, next, on: page, rows: rows) }
    }

    private mutating func select(_ processes: [ProcessReading], _ place: Int, on page: DetailsPage, rows: Int) {
        var page = page
        page.process = processes[place]
        page.scroll = Self.first(page.scroll, cursor: place, rows: rows, count: processes.count)
        self.page = .details(page)
    }

    /// A click on a process puts the cursor there, one on a heading sorts by that.
    mutating func clickProcesses(_ page: DetailsPage, _ area: Area, _ row: Int, _ column: Int) {
        let layout = ProcessesLayout(area)
        if row == layout.heading {
            if let order = layout.order(at: column) { sort(by: order) }
            return
        }
        let processes = processes
        let place = ProcessesView.first(page, processes, rows: layout.rows.count) + row - layout.rows.lowerBound
        guard layout.rows.contains(row), processes.indices.contains(place) else { return }
        select(processes, place, on: page, rows: layout.rows.count)
    }

    /// Without a cursor it sets none, since that is what a signal goes to; one that is there stays in sight.
    mutating func scrollProcesses(_ page: DetailsPage, by lines: Int) {
        var page = page
        page.scroll = max(0, page.scroll + lines)
        page.scroll = ProcessesView.first(page, processes, rows: DetailsView.rows(of: .processes, page, self))
        self.page = .details(page)
    }

    /// A menu of signals to a process that has ended is closed.
    mutating func withdrawSignal() {
        guard case .menu(let menu) = dialog, let process = menu.process, let details, menu.ids.contains(details.id),
            !details.processes.contains(where: { $0.identity == process.identity })
        else { return }
        dialog = nil
        say("\(process.title) has ended", .warning)
    }

    mutating func sort(by order: ProcessOrder) {
        processOrder = order
        say("processes sorted by \(order.title)")
    }

    /// Chosen of the menu: to exactly the process that it names, whatever the cursor is on by now.
    mutating func send(_ signal: String, to process: ProcessReading, of id: String) -> [Effect] {
        say("sending \(signal) to \(process.title) …", .busy)
        return [.signal(id: id, process, name: signal)]
    }

    /// What came of it.
    mutating func signalled(_ process: ProcessReading, _ signal: String, refusal: String?) -> [Effect] {
        if let refusal {
            say("\(process.title): \(refusal)", .failed)
        } else {
            say("sent \(signal) to \(process.title)")
        }
        return [.sweep]
    }
}

extension ProcessReading {
    /// What it is called in sentences: `tar -c /data (23)`, by the id that it has inside.
    var title: String { "\(command.abridged(to: 40)) (\(pid))" }
}
