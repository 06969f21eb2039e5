import TerminalKit

/// What keys do on the pages of images, volumes and networks.
extension Model {
    var resourcePage: ResourcePage? {
        if case .resources(let page) = page { page } else { nil }
    }

    /// The one under the cursor.
    private var currentResource: (any ResourceReading)? {
        guard let page = resourcePage else { return nil }
        let list = resources[page.kind]
        return list.indices.contains(page.selected) ? list[page.selected] : nil
    }

    func resourceRefusal(of action: Action) -> String? {
        guard let page = resourcePage, [.runImage, .removeResource].contains(action), currentResource == nil else {
            return nil
        }
        return "no \(page.kind.rawValue) is selected; \(page.kind.remedy)"
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
        page.top = min(max(page.top, place - height + 1), place)
        self.page = .resources(page)
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

extension ImageReading {
    var removal: Confirmation {
        var lines = ["What other images share with it stays."]
        if !users.isEmpty {
            lines.insert("Containers were made from it: \(users.joined(separator: ", ")).", at: 0)
            lines[1] = "It is refused unless the image has another name."
        }
        // The name may have become another image's since it was read.
        return Confirmation(
            title: "Remove image \(name)?", lines: lines, verb: "Remove",
            arguments: ["image", "rm", "--if-id=\(id)", name])
    }
}

extension VolumeReading {
    var removal: Confirmation {
        let lines =
            users.isEmpty
            ? ["All that is in it goes with it."]
            : ["Containers were made with it: \(users.joined(separator: ", ")).", "It is refused as long as they are."]
        return Confirmation(
            title: "Remove volume \(shortName)?", lines: lines, verb: "Remove", arguments: ["volume", "rm", name])
    }
}

extension NetworkReading {
    var removal: Confirmation {
        let lines =
            users.isEmpty
            ? ["Its addresses may become another network's."]
            : ["Containers belong to it: \(users.joined(separator: ", ")).", "It is refused as long as they do."]
        return Confirmation(
            title: "Remove network \(name)?", lines: lines, verb: "Remove", arguments: ["network", "rm", name])
    }
}
