import Glibc
import Linux

/// How a registry is spoken to.
package struct RegistryOptions: Sendable {
    /// `--insecure`: its certificate is not looked at, and plain HTTP will do.
    package var insecure = false
    /// `--creds`; absent: as the credential files say.
    package var credentials: Credentials?
    /// A folder of certificates (`*.crt`, `*.cert` with `*.key`) in place of the usual ones.
    package var certificates: String?
    /// `--limit-rate`: bytes a second of each blob; 0 without a limit.
    package var rate: Int64 = 0
    /// How many blobs at once.
    package var parallel = 4
    /// How often a transfer that gets no further is tried again.
    package var attempts = 6
    package let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// These options as the host's registries.conf wants them for `repository` of `registry`; throws where that is to be
    /// left alone.
    func settled(for registry: String, _ repository: String) throws(ImageError) -> RegistryOptions {
        let files = try RegistriesConfiguration(environment: environment)
        guard let entry = files.entry(for: registry, repository) else { return self }
        guard !entry.blocked else { throw .registry(registry, reason: "\(entry.file) has it blocked") }
        var options = self
        options.insecure = insecure || entry.insecure
        return options
    }

    /// What connections to `registry` are made with: certs.d folders of docker and podman, proxies of the environment.
    func connection(to registry: String) throws(ImageError) -> ConnectionOptions {
        var options = ConnectionOptions()
        options.trustsAnybody = insecure
        options.rate = rate
        try readCertificates(of: registry, into: &options)
        // libcurl reads `http_proxy` alone, since HTTP_PROXY can be a header's in a CGI program, which this is not.
        options.proxy =
            ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
                .allSatisfy { environment[$0] == nil } ? environment["HTTP_PROXY"] : nil
        // A proxy elsewhere does not reach what listens on this machine's loopback.
        let exempt = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        options.noProxy = exempt == "*" ? exempt : "\(exempt.isEmpty ? "" : "\(exempt),")localhost,127.0.0.1,::1"
        return options
    }

    private var folders: [String] {
        let home = environment["XDG_CONFIG_HOME"] ?? "\(environment["HOME"] ?? "/root")/.config"
        return ["\(home)/containers/certs.d", "/etc/containers/certs.d", "/etc/docker/certs.d"]
    }

    private func readCertificates(of registry: String, into options: inout ConnectionOptions) throws(ImageError) {
        var authorities = ""
        for folder in certificates.map({ [$0] }) ?? folders.map({ "\($0)/\(registry)" }) {
            for name in ((try? Files.names(in: folder)) ?? []).sorted() {
                let path = "\(folder)/\(name)"
                if name.hasSuffix(".crt") {
                    guard let text = Files.text(path) else {
                        throw .registry(registry, reason: "the certificate \(path) cannot be read")
                    }
                    authorities += text + "\n"
                } else if name.hasSuffix(".cert"), options.certificate == nil {
                    let key = "\(folder)/\(name.dropLast(5)).key"
                    guard Files.exists(key) else {
                        throw .registry(registry, reason: "the certificate \(path) has no key beside it (\(key))")
                    }
                    (options.certificate, options.key) = (path, key)
                }
            }
        }
        guard !authorities.isEmpty else { return }
        // libcurl takes ours in place of the system's file, which stays trusted.
        let system = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
        options.authorities = authorities + (system.lazy.compactMap { Files.text($0) }.first ?? "")
    }

    /// The addresses of `registry`, those to be tried first in front. Plain HTTP goes to this machine alone, or where it
    /// was asked for.
    func addresses(of registry: String) -> [String] {
        let host = registry == Reference.defaultRegistry ? "registry-1.docker.io" : registry
        return ["https://\(host)"] + (insecure || Self.isLocal(registry) ? ["http://\(host)"] : [])
    }

    static func isLocal(_ registry: String) -> Bool {
        if registry.hasPrefix("[") { return registry.prefix { $0 != "]" } == "[::1" }
        let host = registry.prefix { $0 != ":" }
        if host == "localhost" { return true }
        var address = in_addr()
        return inet_pton(AF_INET, String(host), &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}
