import ArgumentParser
import Flags
import Images
import Linux
import OCI

/// Which images a list shows or a prune may take, as docker has it.
struct ImageFilter {
    static let help: ArgumentHelp =
        "KEY=VALUE: reference= or name=PATTERN, label=KEY[=VALUE], dangling=true, before= or since=IMAGE, until=TIME."

    private let filter: ListFilter
    private let store: ImageStore
    /// The moments that `before`, `since` and `until` mean, by the filter's text.
    private var moments: [ListFilter.Wish: Timestamp] = [:]

    /// - Parameter keys: those that are possible.
    init(
        _ texts: [String],
        keys: [String] = ["dangling", "reference", "name", "label", "label!", "before", "since", "until"],
        in context: Context
    ) throws {
        filter = try ListFilter(texts, keys: keys)
        store = context.images
        for wish in filter.wishes {
            switch wish.key {
            case "before", "since": moments[wish] = try store.resolve(wish.value).created ?? Self.never
            case "until": moments[wish] = try FlagValue("--filter until", wish.value).moment(now: .now)
            default: continue
            }
        }
    }

    func matches(_ image: ImageSummary) throws -> Bool { try filter.matches { try isMet($0, by: image) } }

    private func isMet(_ wish: ListFilter.Wish, by image: ImageSummary) throws -> Bool {
        let (created, moment) = (image.created ?? Self.never, moments[wish] ?? Self.never)
        switch wish.key {
        case "dangling": return wish.isMet(by: image.reference == nil)
        case "reference", "name": return image.reference.map { wish.isMet(by: $0) } ?? false
        case "before", "until": return created < moment
        case "since": return created > moment
        default:
            // Only who asks for labels has the images' own documents read.
            return wish.isMet(by: try store.resolve(image.digest.description).configuration.config?.labels ?? [:])
        }
    }

    /// When an image was made that does not say so: before all others.
    private static let never = Timestamp(nanoseconds: 0)
}

extension ListFilter.Wish {
    /// Whether the pattern is the name's, with or without its tag.
    func isMet(by reference: Reference) -> Bool {
        isPattern(of: reference.description) || isPattern(of: reference.familiarRepository)
    }
}
