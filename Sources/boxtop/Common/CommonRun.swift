import Cgroups
import Containers
import Flags
import Records

/// A `run` or `create` with common flags alone. Each does what it does in `CreationOptions`.
struct CommonRun {
    private var new: NewContainer
    private var detach = false
    private var network: Network?

    /// - Parameter detaches: `-d` is one of the flags.
    init?(_ words: [String], detaches: Bool) {
        // The image comes after them, where it is one.
        var (new, detach, network, rootfs) = (NewContainer(.image("")), false, Network?.none, String?.none)
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            switch flag {
            case "--rm": new.autoRemove = true
            case "-i", "--interactive": new.openInput = true
            case "-t", "--tty": new.terminal = true
            case "--init": new.initProcess = true
            case "--read-only": new.readOnly = true
            case "-d" where detaches, "--detach" where detaches: detach = true
            default: return false
            }
            return true
        } value: { name, text in
            if name == "--network" || name == "--net" {
                // Several are one wish, or a mistake.
                guard network == nil else { return false }
                network = try? FlagValue(name, text).parsed(by: Parse.network)
                return network != nil
            }
            if name == "--rootfs", rootfs == nil {
                rootfs = text
                return true
            }
            return (try? Self.take(name, text, into: &new)) ?? false
        }
        guard isKnown, !words.rest.contains("--") else { return nil }
        if let rootfs {
            new.source = .directory(rootfs)
        } else {
            guard let image = words.rest.popFirst(), !image.isEmpty else { return nil }
            new.source = .image(image)
        }
        new.command = Array(words.rest)
        new.limits.swap = new.limits.memory
        (self.new, self.detach, self.network) = (new, detach, network)
    }

    private static func take(_ name: String, _ text: String, into new: inout NewContainer) throws -> Bool {
        let value = FlagValue(name, text)
        switch name {
        case "--name" where new.name == nil: new.name = text
        case "--hostname" where new.hostname == nil: new.hostname = text
        case "-u" where new.user == nil, "--user" where new.user == nil: new.user = text
        case "-w" where new.workdir == nil, "--workdir" where new.workdir == nil: new.workdir = text
        case "-e", "--env": new.environment.append(try value.variable())
        case "-p", "--publish": new.ports.append(try value.parsed(by: Parse.port))
        case "-m", "--memory": new.limits.memory = try value.memory()
        case "--cpus": new.limits.cpus = try value.cpus()
        case "--pids-limit": new.limits.processes = try value.processes()
        case "-l", "--label":
            let pair = try value.parsed(by: Parse.label)
            new.labels[pair.key] = pair.value
        default: return false
        }
        return true
    }

    private func request(in context: Context) throws -> NewContainer {
        var new = new
        new.network = try network ?? context.usualNetwork(neededBy: new.ports.isEmpty ? nil : "--publish")
        return new
    }

    func run(in context: Context) throws -> Int32 {
        try Run.run(try request(in: context), detach: detach, .usual, .usual, in: context)
    }

    func create(in context: Context) throws -> Int32 {
        try Create.create(try request(in: context), .usual, in: context)
    }
}
