import Glibc
import Linux

@testable import Images

/// Debian's docker-registry on loopback, with TLS of an authority of its own and a password; ended with the test.
final class RegistryPlace {
    static let obstacle: String? =
        ["docker-registry", "openssl", "htpasswd"].allSatisfy(isInstalled)
        ? nil : "needs docker-registry, openssl and htpasswd (apache2-utils)"

    let folder: String
    let port: Int
    private var process: pid_t = 0

    init(secure: Bool = true) throws {
        var template = Array("/tmp/boxtop-registry-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = Int.random(in: 20_000...29_999)
        let trusted = "\(folder)/home/.config/containers/certs.d/\(host)"
        _ = try run([
            "sh", "-c",
            """
            mkdir -p \(trusted) && cd \(folder) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem && cp cert.pem \(trusted)/ca.crt && \
            htpasswd -Bbn -C 4 anna secret >htpasswd
            """,
        ])
        let tls = "  tls: {certificate: \(folder)/cert.pem, key: \(folder)/key.pem}\n"
        let text = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(folder)/data}
            http:
              addr: 127.0.0.1:\(port)
            \(secure ? tls : "")
            \(secure ? "auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}\n" : "")
            """
        try Files.replace("\(folder)/config.yml", with: text.utf8)
        try start()
    }

    deinit {
        stop()
        try? Files.removeTree(folder)
    }

    var host: String { "localhost:\(port)" }

    /// As a person with a home of their own, who knows the password.
    var options: RegistryOptions {
        var options = RegistryOptions(environment: environment)
        options.credentials = Credentials(user: "anna", password: "secret")
        return options
    }

    var environment: [String: String] {
        ["HOME": "\(folder)/home", "PATH": "\(folder)/bin:/usr/bin:/bin", "XDG_RUNTIME_DIR": "\(folder)/runtime"]
    }

    func start() throws {
        let text = try run([
            "sh", "-c", "docker-registry serve \(folder)/config.yml >\(folder)/log 2>&1 & echo $!",
        ]).output
        process = pid_t(text.filter(\.isNumber)) ?? 0
        let begin = MonotonicTime.now
        while !isListening {
            guard MonotonicTime.now.seconds(since: begin) < 10 else {
                throw SystemCallError("start docker-registry", errno: .noSuchProcess)
            }
            usleep(20_000)
        }
    }

    /// At once, as a power cut does it.
    func stop() {
        guard process > 0 else { return }
        kill(process, SIGKILL)
        while kill(process, 0) == 0 { usleep(5_000) }
        process = 0
    }

    private var isListening: Bool {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
