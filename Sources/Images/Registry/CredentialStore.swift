import Glibc
import JSON
import Linux

/// Where credentials are looked for, and where `login` puts them.
package struct CredentialStore: Sendable {
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    private var home: String { environment["HOME"] ?? "/root" }

    /// The file that `login` writes; podman and skopeo read it too.
    package var ownFile: String {
        environment["REGISTRY_AUTH_FILE"]
            ?? "\(environment["XDG_CONFIG_HOME"] ?? "\(home)/.config")/containers/auth.json"
    }

    /// In the order in which they are asked: containers-auth.json(5), then docker's.
    private var files: [String] {
        if let file = environment["REGISTRY_AUTH_FILE"] { return [file] }
        let runtime = environment["XDG_RUNTIME_DIR"] ?? "/run/containers/\(geteuid())"
        let podman = environment["XDG_RUNTIME_DIR"].map { "\($0)/containers/auth.json" } ?? "\(runtime)/auth.json"
        return [podman, ownFile, "\(environment["DOCKER_CONFIG"] ?? "\(home)/.docker")/config.json"]
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
        try change { $0.auths = ($0.auths ?? [:]).merging([registry: .init(credentials)]) { $1 } }
    }

    /// Forgets what `keep` has kept for `registry`, or, without one, all; whether there was something.
    package func forget(_ registry: String?) throws(ImageError) -> Bool {
        guard let file = try CredentialFile.read(ownFile) else { return false }
        guard registry.map({ file.auths?[$0] != nil }) ?? (file.auths?.isEmpty == false) else { return false }
        try change { file in
            if let registry { file.auths?[registry] = nil } else { file.auths = [:] }
        }
        return true
    }

    private func change(_ body: (inout CredentialFile) -> Void) throws(ImageError) {
        let path = ownFile
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var file = try CredentialFile.read(path) ?? CredentialFile()
        body(&file)
        let bytes: [UInt8]
        do { bytes = try JSON.encode(file, pretty: true) } catch { throw .damaged(path, reason: error.description) }
        try system { () throws(SystemCallError) in
            try Files.makeDirectories(folder, mode: 0o700)
            try Files.replace(path, with: bytes + [UInt8(ascii: "\n")], mode: 0o600)
        }
    }
}
