import TerminalKit

/// What keys do on the pages of images, volumes and networks.
extension Model {
    var resourcePage: ResourcePage? {
        if case .resources(let page) = page { page } else { nil }
    }

    /// The kind whose page is open.
    package var listed: Resource? { resourcePage?.kind }

    /// The one under the cursor.
    private var currentResource: (any ResourceReading)? {
        guard let page = resourcePage else { return nil }
        let list = resources[page.kind]
        return list.indices.contains(page.selected) ? list[page.selected] : nil
    }

    func resourceRefusal(of action: Action) -> String? {
        guard let page = resourcePage, [.runImage, .removeResource].contains(action) else { return nil }
        guard let resource = currentResource else {
            return "no \(page.kind.rawValue) is selected; \(page.kind.remedy)"
        }
        return action == .removeResource && isHeld(resource) ? resource.holders : nil
    }

    /// The verb would refuse to remove it. Of an image one of several names goes at any time.
    private func isHeld(_ resource: any ResourceReading) -> Bool {
        guard let image = resource as? ImageReading else { return !resource.users.isEmpty }
        return !image.users.isEmpty && resources.images.count { $0.id == image.id } == 1
    }

    mutating func removeResource() {
        if let resource = currentResource { dialog = .confirm(resource.removal) }
    }

    mutating func moveResource(_ page: ResourcePage, _ action: Action) {
        let last = resources[page.kind].count - 1
        let height = ResourceView.height(page, self)
        select(scrolled(page.selected, action, page: height - 1, last: last), on: page)
    }

    /// A click on a row puts the cursor there; not while a name is typed, which is of its own row.
    mutating func clickResource(_ page: ResourcePage, _ row: Int) {
        let place = page.top + row - ResourceView.firstRow(page, self)
        guard page.field == nil, place >= page.top, place < page.top + ResourceView.height(page, self),
            resources[page.kind].indices.contains(place)
        else { return }
        select(place, on: page)
    }

    private mutating func select(_ place: Int, on page: ResourcePage) {
        var page = page
        let height = ResourceView.height(page, self)
        page.selected = place
        page.top = Self.first(page.top, cursor: place, rows: height, count: resources[page.kind].count)
        self.page = .resources(page)
    }

    /// The row under the cursor is seen, and no room is left below the last row while others lie above.
    mutating func revealResource() {
        if let page = resourcePage { select(page.selected, on: page) }
    }

    /// The cursor stays on what it is on, whatever has come before it.
    mutating func take(_ listing: Listing) {
        let before = currentResource?.name
        let kind = resources.take(listing)
        if kind == .image { images = resources.images.filter(\.isNamed).map(\.name) }
        guard let page = resourcePage, page.kind == kind else { return }
        let list = resources[kind]
        select(list.firstIndex { $0.name == before } ?? min(page.selected, max(0, list.count - 1)), on: page)
    }
}

extension ResourceReading {
    var shortName: String { name }

    /// Why it is not removed: `back is used by api, cache and 2 more: remove those first`.
    fileprivate var holders: String {
        let named = users.count > 3 ? Array(users.prefix(2)) : users
        let others = users.count - named.count
        let all = named.joined(separator: ", ") + (others > 0 ? " and \(Format.count(others)) more" : "")
        return "\(shortName) is used by \(all): remove \(users.count == 1 ? "that" : "those") first"
    }
}

extension ImageReading {
    /// As its row has it.
    var shortName: String { isNamed ? name : id }

    var removal: Confirmation {
        var lines = ["What other images share with it stays."]
        if !users.isEmpty { lines = ["The image stays, under another name."] }
        // The name may have become another image's since it was read.
        return Confirmation(
            title: "Remove image \(name)?", lines: lines, verb: "Remove",
            arguments: ["image", "rm", "--if-id=\(id)", name])
    }
}

extension VolumeReading {
    var removal: Confirmation {
        Confirmation(
            title: "Remove volume \(shortName)?", lines: ["All that is in it goes with it."], verb: "Remove",
            arguments: ["volume", "rm", name])
    }
}

extension NetworkReading {
    var removal: Confirmation {
        Confirmation(
            title: "Remove network \(name)?", lines: ["Its addresses may become another network's."], verb: "Remove",
            arguments: ["network", "rm", name])
    }
}
