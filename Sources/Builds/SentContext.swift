import Containers
import Glibc
import Images
import Linux
import Records

/// What `build -` gets on standard input: a Containerfile, or a tar archive of the folder with it, compressed or not.
///
///     boxtop build - <Containerfile
///     tar c . | boxtop build -t site -
package final class SentContext {
    /// The Containerfile; absent: there is a folder.
    package let text: String?
    private let place: BuildPlace

    /// - Parameter containers: what is sent lies beside theirs as long as this is.
    package init(_ input: borrowing FileDescriptor, _ containers: Containers) throws(BuildError) {
        let place = try BuildPlace(containers.layout)
        text = try Self.unpack(input, in: place)
        self.place = place
    }

    /// The Containerfile that was sent; else the folder is laid out.
    private static func unpack(
        _ input: borrowing FileDescriptor, in place: borrowing BuildPlace
    ) throws(BuildError) -> String? {
        let file = try kept(input, at: "\(place.aside)/sent")
        guard RootArchive.isTar(file) else {
            do throws(SystemCallError) {
                return String(decoding: try file.readAll(limit: 4 << 20), as: UTF8.self)
            } catch { throw BuildError("\(error)") }
        }
        do throws(ImageError) { try RootArchive.unpack(file, named: "standard input", into: place.upper) } catch {
            throw BuildError("\(error)")
        }
        return nil
    }

    /// All of `input`, as a file that has no name any more: whether it is an archive is not seen by its first bytes.
    private static func kept(_ input: borrowing FileDescriptor, at path: String) throws(BuildError) -> FileDescriptor {
        do throws(SystemCallError) {
            let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
            unlink(path)
            while case let bytes = try input.chunk(1 << 18), !bytes.isEmpty { try file.write(bytes) }
            let number = file.number
            try systemCall("read", "standard input") { lseek(number, 0, SEEK_SET) }
            return file
        } catch { throw BuildError("\(error)") }
    }

    /// What COPY takes from; absent: nothing but a Containerfile was sent.
    package var folder: String? { text == nil ? place.upper : nil }

    /// The text of file `name` in the folder; no symbolic link leads out of it.
    package func text(of name: String) -> String? {
        guard let path = self.folder, let folder = try? FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY),
            let file = try? folder.open(inRoot: name, flags: O_RDONLY | O_NONBLOCK),
            let bytes = try? file.readAll(limit: 4 << 20)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
