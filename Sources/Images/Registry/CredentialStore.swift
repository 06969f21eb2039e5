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

    /// In the order in which they are asked: that of one job, then as containers-auth.json(5) has it, docker's last.
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

    /// Keeps `credentials` for `registry`, in a file that only its owner reads. Refused where that file has a program keep
    /// them, which would be asked in its stead.
    package func keep(_ credentials: Credentials, for registry: String) throws(ImageError) {
        let entry = JSONValue.of([("auth", .string(CredentialFile.Entry(credentials).auth))])
        _ = try change { file, auths throws(ImageError) in
            if let helper = file.helper(for: registry) {
                throw .unwritten(
                    ownFile,
                    reason: "it has docker-credential-\(helper) keep those of \(registry): log in with that, or name "
                        + "another file in REGISTRY_AUTH_FILE")
            }
            auths.removeAll { $0.key == registry }
            auths.append(.init(key: registry, value: entry))
            return true
        }
    }

    /// Forgets what `keep` has kept for `registry`, or, without one, all; whether there was something.
    package func forget(_ registry: String?) throws(ImageError) -> Bool {
        try change { _, auths in
            let count = auths.count
            auths.removeAll { registry == nil || $0.key == registry }
            return auths.count < count
        }
    }

    /// Writes the file anew with other `auths`, where `body` says so; whether it did. What else it has, as docker's file
    /// has much, stays.
    private func change(
        _ body: (CredentialFile, inout [JSONValue.Member]) throws(ImageError) -> Bool
    ) throws(ImageError) -> Bool {
        let path = ownFile
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let text = try CredentialFile.text(at: path) ?? Array("{}".utf8)
        let file: CredentialFile = try CredentialFile.decode(text, of: path)
        var whole: JSONValue = try CredentialFile.decode(text, of: path)
        var auths: [JSONValue.Member] = []
        if case .object(let found)? = whole.member("auths") { auths = found }
        guard try body(file, &auths) else { return false }
        if case .object(let members) = whole { whole = .object(members.filter { $0.key != "auths" }) }
        let new = whole.with([("auths", .object(auths))]).pretty + "\n"
        try system { () throws(SystemCallError) in
            try Files.makeDirectories(folder, mode: 0o700)
            try Files.replace(path, with: Array(new.utf8), mode: 0o600)
        }
        return true
    }
}
