import CLinux
import Glibc
import Linux

extension Disk {
    /// The whole disks in `/sys/block` that hold something: no loops, no RAM disks, none without a size. The one that
    /// the path `under` lies on comes first, the others in the order of their names.
    package static func all(root: String, under path: String? = nil) -> [Disk] {
        let folder = "\(root)/sys/block"
        let names = ((try? Files.names(in: folder)) ?? []).sorted()
        let disks = names.compactMap { name -> Disk? in
            guard !["loop", "ram", "zram", "nbd", "fd", "sr"].contains(where: { name.hasPrefix($0) }),
                let size = Files.text("\(folder)/\(name)/size"), size.first != "0",
                let numbers = Files.text("\(folder)/\(name)/dev").flatMap(Self.numbers)
            else { return nil }
            return Disk(name: name, major: numbers.major, minor: numbers.minor)
        }
        guard let home = path.flatMap({ disk(under: $0, root: root) }),
            let first = disks.first(where: { $0.major == home.major && $0.minor == home.minor })
        else { return disks }
        return [first] + disks.filter { $0 != first }
    }

    /// `8:0`
    private static func numbers(_ text: String) -> (major: UInt32, minor: UInt32)? {
        let words = text.split { $0 == ":" || $0 == "\n" }.compactMap { UInt32($0) }
        return words.count == 2 ? (words[0], words[1]) : nil
    }

    /// The whole disk under `path`: for a partition, the disk that it is a part of.
    private static func disk(under path: String, root: String) -> (major: UInt32, minor: UInt32)? {
        var path = path
        var status = stat()
        // The folder may be made only when the first container is.
        while stat(path, &status) != 0 {
            guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        let (major, minor) = (gnu_dev_major(status.st_dev), gnu_dev_minor(status.st_dev))
        let device = "\(root)/sys/dev/block/\(major):\(minor)"
        if Files.exists("\(device)/partition") { return Files.text("\(device)/../dev").flatMap(numbers) }
        return (major, minor)
    }
}
