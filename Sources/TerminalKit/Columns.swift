/// One column of a table: how wide it likes to be, and what it gives up for want of room.
package struct Column<ID: Hashable & Sendable>: Sendable {
    /// A smaller width, or 0 for none at all; those with the lowest `order` of all columns are made first.
    package struct Concession: Sendable {
        package var order: Int
        package var width: Int

        package init(_ order: Int, _ width: Int) {
            self.order = order
            self.width = width
        }
    }

    package var id: ID
    package var width: Int
    /// Room beyond `width` that it would use where there is plenty.
    package var stretch: Int
    package var concessions: [Concession]

    package init(_ id: ID, width: Int, stretch: Int = 0, concessions: [Concession] = []) {
        self.id = id
        self.width = width
        self.stretch = stretch
        self.concessions = concessions.sorted { $0.order < $1.order }
    }
}

/// Where each column that fits stands.
package struct ColumnLayout<ID: Hashable & Sendable>: Hashable, Sendable {
    package struct Slot: Hashable, Sendable {
        package var id: ID
        package var left: Int
        package var width: Int
        package var right: Int { left + width }
    }

    package var slots: [Slot]

    /// Fits `columns`, `gap` cells between them, into `left..<right`: concessions in their order until the rest fits;
    /// what is left over goes to those that stretch, from the left.
    package init(_ columns: [Column<ID>], from left: Int, to right: Int, gap: Int) {
        var kept = columns
        var narrowed: [(id: ID, width: Int)] = []
        func needed() -> Int { kept.reduce(0) { $0 + $1.width + gap } - gap }
        while needed() > right - left {
            let next = kept.indices.filter { !kept[$0].concessions.isEmpty }
                .min { kept[$0].concessions[0].order < kept[$1].concessions[0].order }
            guard let index = next else { break }
            let concession = kept[index].concessions.removeFirst()
            if concession.width == 0 {
                kept.remove(at: index)
            } else {
                narrowed.append((kept[index].id, kept[index].width))
                kept[index].width = concession.width
            }
        }
        // What went in vain is given back: the last concession may have freed more than was missing.
        for earlier in narrowed.reversed() {
            guard let index = kept.firstIndex(where: { $0.id == earlier.id }) else { continue }
            if needed() - kept[index].width + earlier.width <= right - left { kept[index].width = earlier.width }
        }
        var spare = max(0, right - left - max(0, needed()))
        for index in kept.indices where kept[index].stretch > 0 {
            let more = min(kept[index].stretch, spare)
            kept[index].width += more
            spare -= more
        }
        slots = []
        var column = left
        for item in kept where column < right {
            slots.append(Slot(id: item.id, left: column, width: min(item.width, right - column)))
            column += item.width + gap
        }
    }

    package subscript(id: ID) -> Slot? { slots.first { $0.id == id } }

    /// The one whose heading a click at `column` means: what stands beside it counts as its own.
    package func slot(at column: Int) -> Slot? { slots.first { ($0.left..<$0.right + 2).contains(column) } }
}
