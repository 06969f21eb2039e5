import Monitoring
import TerminalKit

/// What keys do on the page of images.
extension Model {
    private var imagesPage: ImagesPage {
        if case .images(let images) = page { images } else { ImagesPage() }
    }

    /// The name of an image is being typed.
    var isTypingImage: Bool { imagesPage.field != nil }

    /// The image under the cursor.
    var currentImage: ImageReading? {
        let place = imagesPage.selected
        return imageList.indices.contains(place) ? imageList[place] : nil
    }

    func imageRefusal(of action: Action) -> String? {
        guard [.runImage, .removeImage].contains(action), currentImage == nil else { return nil }
        return "no image is selected; p pulls one"
    }

    mutating func actOnImages(_ action: Action) -> [Effect] {
        switch action {
        case .pullImage:
            var page = imagesPage
            page.field = TextField()
            self.page = .images(page)
        case .runImage:
            guard let image = currentImage else { return [] }
            let taken = Set(snapshot?.containers.map(\.name) ?? [])
            dialog = .form(
                NewContainer(
                    images: imageList.map(\.name), taken: taken, image: image.name, limitable: limitable,
                    cores: snapshot?.host.cores))
        case .removeImage:
            guard let image = currentImage else { return [] }
            dialog = .confirm(Self.removal(of: image))
        default: break
        }
        return []
    }

    private static func removal(of image: ImageReading) -> Confirmation {
        var lines = ["What other images share with it stays."]
        if !image.users.isEmpty {
            lines.insert("Containers were made from it: \(image.users.joined(separator: ", ")).", at: 0)
            lines[1] = "It is refused unless the image has another name."
        }
        return Confirmation(
            title: "Remove image \(image.name)?", lines: lines, verb: "Remove",
            // The name may have become another image's since it was read.
            arguments: ["image", "rm", "--if-id=\(image.id)", image.name])
    }

    mutating func moveImages(_ images: ImagesPage, _ action: Action) {
        var images = images
        let height = ImagesView.height(self)
        images.selected = scrolled(images.selected, action, page: height - 1, last: imageList.count - 1)
        images.top = min(max(images.top, images.selected - height + 1), images.selected)
        page = .images(images)
    }

    /// The name of an image to pull, letter by letter; `nil` where none is being typed.
    mutating func takeInImages(_ key: Key) -> [Effect]? {
        guard case .images(var images) = page, var field = images.field else { return nil }
        var effects: [Effect] = []
        switch key {
        case .escape: images.field = nil
        case .enter:
            images.field = nil
            let name = field.text.trimmingBlanks
            if !name.isEmpty {
                pulls.removeAll { $0.name == name }
                pulls.append(ImagePull(name: name))
                say("pulling \(name) …", .busy)
                effects = [.run(arguments: ["image", "pull", name])]
            }
        default:
            _ = field.take(key)
            images.field = field
        }
        page = .images(images)
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
        return [.needImageList]
    }

    mutating func take(_ images: [ImageReading]) {
        let before = currentImage?.name
        imageList = images
        self.images = images.filter(\.isNamed).map(\.name)
        guard case .images(var page) = page else { return }
        page.selected = images.firstIndex { $0.name == before } ?? min(page.selected, max(0, images.count - 1))
        self.page = .images(page)
    }
}
