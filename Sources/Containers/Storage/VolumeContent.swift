/// What a volume shows in place of a folder of its own: docker's options of local volumes, `type`, `device` and `o`, read.
///
/// It becomes a mount of each container, by the container's own launch: nothing stays mounted on the host, and nobody has
/// anything to take away after a crash.
enum VolumeContent: Hashable {
    /// A folder of the host.
    case folder(String, options: FolderOptions)
    /// Memory, with options of tmpfs(5): of each container its own, and empty at each start.
    case memory([String])

    struct FolderOptions: Hashable {
        var recursive = false
        var readOnly = false
        var propagation: String?
    }

    init(_ options: [String: String]) throws(ContainerError) {
        if let key = options.keys.sorted().first(where: { !["type", "device", "o"].contains($0) }) {
            throw ContainerError(.invalid, "“\(key)” is no option of a volume: there are type=, device= and o=")
        }
        let words = (options["o"] ?? "").split(separator: ",").map(String.init)
        let type = options["type"] ?? ""
        switch type {
        case "tmpfs": self = .memory(try Parse.tmpfs(options: words) + (words.contains("noexec") ? [] : ["exec"]))
        case "none", "bind", "":
            guard let device = options["device"], device.hasPrefix("/") else {
                throw ContainerError(
                    .invalid,
                    "a volume with options needs the folder that it is to be, or to be memory: -o type=none -o o=bind "
                        + "-o device=/DIR, or -o type=tmpfs")
            }
            guard words.contains("bind") || words.contains("rbind") || type == "bind" else {
                throw ContainerError(.invalid, "a volume that is a folder of this host is bound: add -o o=bind")
            }
            self = .folder(Paths.normal(device), options: try Self.folderOptions(words))
        default:
            throw ContainerError(
                .unsupported,
                "a volume of type \(type) is not possible: mount that on this host, and make the volume of its folder by "
                    + "-o type=none -o o=bind -o device=/DIR")
        }
    }

    private static func folderOptions(_ words: [String]) throws(ContainerError) -> FolderOptions {
        var options = FolderOptions()
        for word in words {
            switch word {
            case "bind", "rw": break
            case "rbind": options.recursive = true
            case "ro": options.readOnly = true
            case "private", "rprivate", "slave", "rslave", "shared", "rshared": options.propagation = word
            default:
                throw ContainerError(
                    .invalid, "“\(word)” is no option of a folder: bind, rbind, ro, rw, or a propagation such as rslave"
                )
            }
        }
        return options
    }
}
