import Glibc

/// A path of an archive's entry, taken as one inside the layer: bytes, since names on disk need not be UTF-8.
///
/// A leading slash, empty parts and `.` mean nothing, as with tar(1). `..` is refused: no tool that makes layers writes
/// it, so an entry with it is an attempt to get out.
package struct LayerPath {
    /// The folder that the entry lies in; empty for the layer's own.
    package let folder: [UInt8]
    /// The last part; empty for the layer's folder itself.
    package let name: [UInt8]

    init(_ text: UnsafePointer<CChar>) throws(ImageError) {
        let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
        try self.init(bytes)
    }

    package init(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        func refused(_ reason: String) -> ImageError {
            .hostile(entry: String(decoding: bytes.prefix(200), as: UTF8.self), reason: reason)
        }
        guard bytes.count < Int(PATH_MAX) else { throw refused("its path is longer than \(PATH_MAX) bytes") }
        let parts = bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        for part in parts {
            if part.elementsEqual("..".utf8) { throw refused("its path leads out of the layer") }
            if part.count > Int(NAME_MAX) { throw refused("a part of its path is longer than \(NAME_MAX) bytes") }
        }
        name = parts.last.map(Array.init) ?? []
        folder = Array(parts.dropLast().joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
    }

    /// What an entry of this name means in a layer: image specification, "Whiteouts".
    package enum Meaning {
        case file
        /// What lower layers have under `name` is gone.
        case whiteout(name: [UInt8])
        /// What lower layers have in the folder is gone.
        case opaque
        /// Book-keeping of aufs, which means nothing elsewhere.
        case aufs
        /// A whiteout of nothing, or of the folder itself.
        case nonsense
    }

    package var meaning: Meaning {
        guard name.starts(with: Self.mark) else { return .file }
        let rest = Array(name.dropFirst(Self.mark.count))
        if name == Self.opaqueMark { return .opaque }
        if rest.starts(with: Self.mark) { return .aufs }
        if rest.isEmpty || rest == Array(".".utf8) || rest == Array("..".utf8) { return .nonsense }
        return .whiteout(name: rest)
    }

    /// Whether a folder on the way is named as only whiteouts may be.
    package var isBelowWhiteout: Bool {
        folder.split(separator: UInt8(ascii: "/")).contains { $0.starts(with: Self.mark) }
    }

    private static let mark = Array(".wh.".utf8)
    private static let opaqueMark = Array(".wh..wh..opq".utf8)

    /// All of it, joined.
    var bytes: [UInt8] { folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name }

    /// For messages.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
