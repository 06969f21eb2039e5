import Glibc
import Linux

@testable import Images

/// Debian's docker-registry on loopback, with TLS of an authority of its own and a password, or with tokens that another
/// server gives; ended with the test.
final class RegistryPlace {
    static let obstacle: String? =
        ["docker-registry", "openssl", "htpasswd"].allSatisfy(isInstalled)
        ? nil : "needs docker-registry, openssl and htpasswd (apache2-utils)"

    let folder: String
    let port: Int
    private var process: pid_t = 0
    private var tokenServer: pid_t = 0

    /// - Parameter tokens: in the clear, and for who has a token of the server at the next port but a thousand.
    init(secure: Bool = true, tokens: Bool = false) throws {
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
        if tokens { try startTokens() }
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
            \(tokens ? "auth: {token: {\(Self.words(port, folder))}}\n" : "")
            """
        try Files.replace("\(folder)/config.yml", with: text.utf8)
        try start()
    }

    deinit {
        stop()
        if tokenServer > 0 { kill(tokenServer, SIGKILL) }
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

    // MARK: Tokens

    /// What the token server was asked: `WHO SCOPES` a line; `-` is nobody.
    func askedForTokens() -> [String] {
        let lines = (Files.text("\(folder)/tokens.log") ?? "").split(separator: "\n").map(String.init)
        unlink("\(folder)/tokens.log")
        return lines
    }

    private static func words(_ port: Int, _ folder: String) -> String {
        "realm: 'http://127.0.0.1:\(port + 1_000)/token', service: test, issuer: tests, rootcertbundle: \(folder)/t.pem"
    }

    private func startTokens() throws {
        try Files.replace("\(folder)/tokens.py", with: Self.tokens.utf8, durable: false)
        let text = try run([
            "sh", "-c",
            """
            cd \(folder) && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests -keyout t.key -out t.pem \
                2>/dev/null && { python3 tokens.py \(port + 1_000) \(folder) >tokens.out 2>&1 & echo $!; }
            """,
        ]).output
        tokenServer = pid_t(text.filter(\.isNumber)) ?? 0
    }

    /// Distribution specification, "Token Authentication": anybody may pull what is not in `private`, who knows the
    /// password may push. The name
    /// `identity` of OAuth2's way is as good as the password.
    private static let tokens = """
        import base64, http.server, json, subprocess, sys, time, urllib.parse
        port, folder = int(sys.argv[1]), sys.argv[2]

        def text(data):
            return base64.urlsafe_b64encode(data).rstrip(b'=').decode()

        def openssl(*words, data=None):
            return subprocess.run(['openssl', *words], input=data, capture_output=True, check=True).stdout

        certificate = base64.b64encode(openssl('x509', '-in', folder + '/t.pem', '-outform', 'der')).decode()
        password = 'Basic ' + base64.b64encode(b'anna:secret').decode()

        class Server(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.give(urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query))

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                self.give(urllib.parse.parse_qs(body.decode()))

            def give(self, fields):
                who = self.headers.get('Authorization')
                known = who == password or fields.get('refresh_token') == ['identity']
                scopes = ' '.join(fields.get('scope', [])).split()
                with open(folder + '/tokens.log', 'a') as log:
                    log.write(' '.join(['anna' if known else '-' if who is None else '?'] + scopes) + '\\n')
                if who and not known or fields.get('service') != ['test']:
                    return self.answer(401, {'details': 'who is that?'})
                access = []
                for scope in scopes:
                    kind, name, actions = scope.split(':')
                    allowed = [word for word in actions.split(',') if known or word == 'pull' and
                               not name.startswith('private/')]
                    access.append({'type': kind, 'name': name, 'actions': allowed})
                now = int(time.time())
                claims = {'iss': 'tests', 'aud': 'test', 'sub': 'anna', 'iat': now, 'nbf': now - 5, 'exp': now + 300,
                          'jti': str(time.time()), 'access': access}
                head = {'typ': 'JWT', 'alg': 'RS256', 'x5c': [certificate]}
                signed = text(json.dumps(head).encode()) + '.' + text(json.dumps(claims).encode())
                signature = openssl('dgst', '-sha256', '-sign', folder + '/t.key', data=signed.encode())
                self.answer(200, {'token': signed + '.' + text(signature)})

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        http.server.ThreadingHTTPServer(('127.0.0.1', port), Server).serve_forever()

        """
}
