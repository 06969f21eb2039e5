import Monitoring
import TerminalKit

/// What is done on the page of images alone.
extension Model {
    /// The name of an image is being typed.
    var isTypingImage: Bool { resourcePage?.field != nil }

    mutating func typeImage() {
        guard var page = resourcePage else { return }
        page.field = TextField()
        self.page = .resources(page)
    }

    mutating func runImage() {
        guard let image = currentResource as? ImageReading else { return }
        let taken = Set(snapshot?.containers.map(\.name) ?? [])
        dialog = .form(
            NewContainer(
                images: resources.images.map(\.name), taken: taken, image: image.name, limitable: limitable,
                cores: snapshot?.host.cores))
    }

    /// The name of an image to pull, letter by letter; `nil` where none is being typed.
    mutating func takeInImages(_ key: Key) -> [Effect]? {
        guard var page = resourcePage, var field = page.field else { return nil }
        var effects: [Effect] = []
        switch key {
        case .escape: page.field = nil
        case .enter:
            page.field = nil
            let name = field.text.trimmingBlanks
            if !name.isEmpty {
                pulls.removeAll { $0.name == name }
                pulls.append(ImagePull(name: name))
                say("pulling \(name) …", .busy)
                effects = [.run(arguments: ["image", "pull", name])]
            }
        default:
            _ = field.take(key)
            page.field = field
        }
        self.page = .resources(page)
        return effects
    }

    /// What a verb that still runs has said.
    mutating func heard(_ arguments: [String], _ message: String) {
        guard arguments.prefix(2) == ["image", "pull"],
            let index = pulls.firstIndex(where: { arguments.dropFirst(2).contains($0.name) })
        else { return }
        // What is said of one part (a layer has come) does not hide how far all of it is.
        let isShare = message.contains("%") || message.contains("again in")
        if isShare || pulls[index].share == nil { pulls[index].message = message }
    }

    /// A verb on images has ended; `nil` for any other verb.
    mutating func endedOnImages(_ arguments: [String], _ status: Int32, _ message: LastLine) -> [Effect]? {
        guard arguments.first == "image", arguments.count > 2 else { return nil }
        if arguments[1] == "pull" { pulls.removeAll { arguments.contains($0.name) } }
        let deed = Deed(arguments)
        if status == 0 {
            say(deed.isTold(by: message) ? message.text : deed.sentence())
        } else {
            say(message.text.isEmpty ? deed.failure(status) : message.text, .failed)
        }
        return [.needListing(.image)]
    }
}
