import TerminalKit

/// Which images, volumes or networks their page lists, and in what order.
extension Model {
    /// What the open page is sorted by.
    var resourceOrder: ResourceOrder { listed.flatMap { resourceOrders[$0] } ?? ResourceOrder() }

    /// Lists anew what is on the open page; the cursor stays on what it is on.
    mutating func arrangeResources() {
        guard let page = resourcePage else { return }
        let before = currentResource?.name
        let terms = Filter(page.filter)
        let listed = resources[page.kind].filter { reading in
            terms.isEmpty || terms.matches((reading.searched + reading.users).joined(separator: "\n"))
        }
        resourceRows = resourceOrder.sorted(listed)
        let place = resourceRows.firstIndex { $0.name == before }
        selectResource(place ?? min(page.selected, max(0, listed.count - 1)), on: page)
    }

    /// The open page, or the list, is narrowed to `words`.
    mutating func narrow(to words: String, sorting: Bool) {
        guard var page = resourcePage else {
            filter = words
            arrange(sorting: sorting)
            return
        }
        page.filter = words
        self.page = .resources(page)
        arrangeResources()
    }

    /// What the open page is narrowed to, and how many of all are left; `nil` where it is not.
    var narrowing: (words: String, left: Int, all: Int)? {
        if let page = resourcePage {
            return page.filter.isEmpty ? nil : (page.filter, resourceRows.count, resources[page.kind].count)
        }
        return page != .list || filter.isEmpty ? nil : (filter, rows.count, totals.containers)
    }

    /// By the column that it is sorted by already, it is turned.
    mutating func sort(by column: ResourceColumn) {
        guard let listed, listed.orders.contains(column) else { return }
        let now = resourceOrder
        let order = ResourceOrder(column: column, isTurned: now.column == column && !now.isTurned)
        resourceOrders[listed] = order
        arrangeResources()
        saySorted(by: column.title, turned: order.isTurned)
    }

    mutating func turnOrder() {
        if let listed {
            resourceOrders[listed, default: ResourceOrder()].isTurned.toggle()
            arrangeResources()
        } else {
            settings.reverse.toggle()
            arrange()
        }
        say((listed == nil ? settings.reverse : resourceOrder.isTurned) ? "order turned" : "usual order")
    }
}
