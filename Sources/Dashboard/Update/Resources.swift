import TerminalKit

/// What keys do on the pages of images, volumes and networks.
extension Model {
    var resourcePage: ResourcePage? {
        if case .resources(let page) = page { page } else { nil }
    }

    /// The kind whose page is open.
    package var listed: Resource? { resourcePage?.kind }

    /// The one under the cursor.
    var currentResource: (any ResourceReading)? {
        guard let page = resourcePage, resourceRows.indices.contains(page.selected) else { return nil }
        return resourceRows[page.selected]
    }

    func resourceRefusal(of action: Action) -> String? {
        guard let page = resourcePage, [.runImage, .removeResource].contains(action) else { return nil }
        guard let resource = currentResource else {
            return page.filter.isEmpty
                ? "no \(page.kind.rawValue) is selected; \(page.kind.remedy)"
                : "no \(page.kind.rawValue) matches the filter; Esc clears it"
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
        let height = ResourceView.height(page, self)
        let place = scrolled(page.selected, action, page: height - 1, last: resourceRows.count - 1)
        selectResource(place, on: page)
    }

    /// A click on a row puts the cursor there, one on a heading sorts by that; not while a name is typed, which is of its
    /// own row.
    mutating func clickResource(_ page: ResourcePage, _ row: Int, _ column: Int) {
        if page.field != nil { return }
        // What has been typed of a filter holds.
        field = nil
        if row == ResourceView.headingRow {
            if let slot = ResourceView.layout(page, self).slot(at: column) { sort(by: slot.id) }
            return
        }
        let place = page.top + row - ResourceView.firstRow(page, self)
        guard place >= page.top, place < page.top + ResourceView.height(page, self),
            resourceRows.indices.contains(place)
        else { return }
        selectResource(place, on: page)
    }

    mutating func selectResource(_ place: Int, on page: ResourcePage) {
        var page = page
        let height = ResourceView.height(page, self)
        page.selected = place
        page.top = Self.first(page.top, cursor: place, rows: height, count: resourceRows.count)
        self.page = .resources(page)
    }

    /// The row under the cursor is seen, and no room is left below the last row while others lie above.
    mutating func revealResource() {
        if let page = resourcePage { selectResource(page.selected, on: page) }
    }

    mutating func take(_ listing: Listing) {
        let kind = resources.take(listing)
        if kind == .image { images = resources.images.filter(\.isNamed).map(\.name) }
        if listed == kind { arrangeResources() }
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
