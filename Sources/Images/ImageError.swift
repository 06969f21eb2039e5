import Linux
import OCI

/// Why something with an image could not be done, as a sentence a person can act on.
package enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(SystemCallError)
    /// A name that cannot be one.
    case badReference(String, reason: String)
    case notFound(String)
    case badRegistry(String)
    /// A shortened digest that fits several images.
    case ambiguous(String, [String])
    /// Something that was read is not what it should be: a manifest, an archive.
    case damaged(String, reason: String)
    /// Something that cannot be written whole.
    case unwritten(String, reason: String)
    case wrongDigest(String, expected: Digest, found: Digest)
    /// An archive's entry that would do harm, and was not written.
    case hostile(entry: String, reason: String)
    case tooLarge(String, limit: Int64)
    case libraryMissing(reason: String)
    case wrongPlatform(image: String, Platform)
    case inUse(String, by: String)
    /// What was to go by its digest has names in several repositories.
    case severalNames(String, [String])
    /// What was to be removed by the id that it was seen with is the image with this id now.
    case moved(String, Digest)
    /// What was to be removed as an image without a name has got these.
    case named(String, [String])
    /// A file of the host's settings that says what cannot be.
    case badSetting(String, reason: String)
    /// A registry answers what it should not.
    case registry(String, reason: String)
    /// No answer of a registry at all.
    case unreachable(String, reason: String, ConnectionFault)
    /// A registry wants other credentials, or any.
    case unauthorised(String, given: Bool)
    /// A registry does not show this image, which may not be there at all: it tells strangers neither.
    case hidden(String, String, given: Bool)
    /// `image pack`: a program that is nowhere.
    case noProgram(String, searched: [String])
    /// `image pack`: a shared library that is nowhere.
    case missingLibrary(String, neededBy: String, searched: [String])
    /// `image pack`: a file that cannot be packed.
    case unsuitable(String, reason: String)
    /// An archive without one byte.
    case nothingToRead(String)
    /// An image without files.
    case empty(String)

    /// What was wrong with a connection.
    package enum ConnectionFault: Hashable, Sendable {
        case untrusted
        case noTLS
        case unknown
    }

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .badReference(let text, let reason): "“\(printable(text))” is no image name: \(reason)"
        case .notFound(let name):
            "there is no image \(printable(name)) here; see `boxtop image ls`, or make one with `boxtop image pack`"
        case .badRegistry(let text): "\(printable(text)) is no registry: HOST or HOST:PORT"
        case .ambiguous(let text, let names):
            "\(text) fits \(names.count) images (\(names.joined(separator: ", "))): give more of its digits"
        case .damaged(let what, let reason): "\(what) is damaged: \(reason)"
        case .unwritten(let what, let reason): "cannot write \(what): \(reason)"
        case .wrongDigest(let what, let expected, let found):
            "\(what) is not what was promised: its digest is \(found), not \(expected)"
        case .hostile(let entry, let reason): "refused to unpack \(printable(entry)): \(reason)"
        case .tooLarge(let what, let limit): "\(what) is larger than \(byteCount(limit)), the most that is taken"
        case .libraryMissing(let reason):
            "a library that images need cannot be loaded (on Debian: apt install libarchive13 libssl3): \(reason)"
        case .wrongPlatform(let image, let platform):
            "\(image) is for \(platform), and this machine is \(Platform.host)"
        case .inUse(let image, let user): "\(image) is in use by \(user); remove that first"
        case .severalNames(let image, let names):
            "\(image) has names in several repositories (\(names.joined(separator: ", "))): remove it by one of them, or "
                + "all of them with --force"
        case .moved(let name, let digest):
            "\(printable(name)) is another image by now, \(digest.short): nothing was removed"
        case .named(let image, let names):
            "\(printable(image)) has got a name by now (\(names.joined(separator: ", "))): nothing was removed"
        case .registry(let name, let reason): "\(printable(name)): \(reason)"
        case .unreachable(let name, let reason, .untrusted):
            "\(name) is not trusted (\(reason)): put its authority into /etc/containers/certs.d/\(name)/ca.crt; "
                + "where no certificate is meant to count, \(Self.permission(name))"
        case .unreachable(let name, let reason, .noTLS):
            "\(name) does not speak TLS (\(reason)): where that is meant, \(Self.permission(name))"
        case .badSetting(let file, let reason): "\(file): \(reason)"
        case .unreachable(let name, let reason, .unknown): "cannot reach \(name): \(reason)"
        case .unauthorised(let name, given: false): "\(name) wants to know who asks: boxtop login \(name)"
        case .unauthorised(let name, given: true):
            "\(name) does not let these credentials do that: boxtop login \(name) gives it others"
        case .hidden(let image, let name, given: false):
            "\(name) has no \(image), or not for everybody: look at its spelling, or let boxtop login \(name) say who asks"
        case .hidden(let image, let name, given: true):
            "\(name) has no \(image), or not for these credentials: look at its spelling, or give it others with "
                + "boxtop login \(name)"
        case .noProgram(let name, let searched):
            searched.isEmpty
                ? "there is no program \(name)" : "there is no program \(name) in \(searched.joined(separator: ":"))"
        case .missingLibrary(let name, let user, let searched):
            "\(user) needs \(name), which is not in \(searched.joined(separator: ":"))"
        case .nothingToRead(let what): "\(what) is empty: whoever was to write an archive there has failed"
        case .empty(let name): "\(printable(name)) has no files: there is nothing in it to run"
        case .unsuitable(let path, let reason): "cannot pack \(printable(path)): \(reason)"
        }
    }
}

extension ImageError {
    /// How a registry without TLS is allowed: for every verb, or by those that have the flag.
    private static func permission(_ registry: String) -> String {
        "let /etc/containers/registries.conf say so ([[registry]], location = \"\(registry)\", insecure = true, a line "
            + "each), or give --insecure to pull, push or login"
    }
}

/// `text` with each control character, which could steer a terminal or turn the direction of writing, as `\n` or
/// `\u{1B}`.
package func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        let value = scalar.value
        let control = value < 32 || (127..<160).contains(value) || value >= 160 && scalar.properties.isBidiControl
        result += control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return result
}

/// `text` with each control character but tabs and ends of lines as `printable` writes it: for output of several lines.
package func harmless(_ text: String) -> String {
    // Most has none, and is not written anew.
    guard text.utf8.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 || $0 >= 127 }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        let isLayout = scalar == "\n" || scalar == "\t"
        result += isLayout ? String(scalar) : printable(String(scalar))
    }
    return result
}

/// `3.1 MiB`: a number of bytes as lists show it.
package func byteCount(_ bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    guard unit > 0 else { return "\(bytes) B" }
    let tenths = Int((value * 10).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\((tenths + 5) / 10) \(units[unit])"
}

/// The result of `body`, its failure as an `ImageError`.
@discardableResult
package func system<R: ~Copyable>(_ body: () throws(SystemCallError) -> R) throws(ImageError) -> R {
    do throws(SystemCallError) { return try body() } catch { throw .system(error) }
}
