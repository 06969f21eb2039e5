import Glibc
import JSON
import Linux

/// Where credentials are looked for, and where `login` puts them.
package struct CredentialStore: Sendable {
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    private var home: String { environment["HOME"] ?? "/root" }

    /// The file that `login` writes: the one that the environment names, in docker's words or podman's; else podman's,
    /// which skopeo reads too.
    package var ownFile: String {
        environment["REGISTRY_AUTH_FILE"] ?? dockers ?? podmans
    }

    private var podmans: String { "\(environment["XDG_CONFIG_HOME"] ?? "\(home)/.config")/containers/auth.json" }

    /// Where somebody keeps the credentials of one job apart from all others.
    private var dockers: String? {
        environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : "\($0)/config.json" }
    }

    /// In the order in which they are asked: containers-auth.json(5), then docker's.
    private var files: [String] {
        if let file = environment["REGISTRY_AUTH_FILE"] { return [file] }
        let runtime = environment["XDG_RUNTIME_DIR"] ?? "/run/containers/\(geteuid())"
        let podman = environment["XDG_RUNTIME_DIR"].map { "\($0)/containers/auth.json" } ?? "\(runtime)/auth.json"
        return dockers.map { [$0, podman, podmans] } ?? [podman, podmans, "\(home)/.docker/config.json"]
    }

    /// What is known for `repository` of `registry`; `nil` where nothing is.
    package func credentials(registry: String, repository: String) throws(ImageError) -> Credentials? {
        for path in files {
            guard let file = try CredentialFile.read(path) else { continue }
            if let helper = file.helper(for: registry),
                let found = try CredentialHelper(name: helper, environment: environment).credentials(of: registry)
            {
                return found
            }
            let place = repository.isEmpty ? registry : "\(registry)/\(repository)"
            if let found = file.entry(for: place)?.credentials { return found }
        }
        return nil
    }

    /// Keeps `credentials` for `registry`, in a file that only its owner reads.
    package func keep(_ credentials: Credentials, for registry: String) throws(ImageError) {
        let entry = JSONValue.of([("auth", .string(CredentialFile.Entry(credentials).auth))])
        try change { auths in
            auths.removeAll { $0.key == registry }
            auths.append(.init(key: registry, value: entry))
        }
    }

    /// Forgets what `keep` has kept for `registry`, or, without one, all; whether there was something.
    package func forget(_ registry: String?) throws(ImageError) -> Bool {
        guard let file = try CredentialFile.read(ownFile) else { return false }
        guard registry.map({ file.auths?[$0] != nil }) ?? (file.auths?.isEmpty == false) else { return false }
        try change { auths in auths.removeAll { registry == nil || $0.key == registry } }
        return true
    }

    /// Writes the file anew with other `auths`. What else it has, as docker's file has much, stays.
    private func change(_ body: (inout [JSONValue.Member]) -> Void) throws(ImageError) {
        let path = ownFile
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        // It is a file of credentials, or the error says what else.
        var members: [JSONValue.Member] = []
        if try CredentialFile.read(path) != nil {
            let old = try system { () throws(SystemCallError) in try Files.read(path, limit: CredentialFile.limit) }
            if case .object(let found)? = try? JSON.decode(JSONValue.self, from: old) { members = found }
        }
        var auths: [JSONValue.Member] = []
        if case .object(let found)? = members.first(where: { $0.key == "auths" })?.value { auths = found }
        body(&auths)
        members.removeAll { $0.key == "auths" }
        members.append(.init(key: "auths", value: .object(auths)))
        let text = JSONValue.object(members).pretty + "\n"
        try system { () throws(SystemCallError) in
            try Files.makeDirectories(folder, mode: 0o700)
            try Files.replace(path, with: Array(text.utf8), mode: 0o600)
        }
    }
}
