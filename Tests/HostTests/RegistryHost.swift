import Glibc
import Linux

/// Debian's docker-registry on loopback, in the clear, and a proxy before it that knows it as `registry.test` and tells
/// what it has let through. Both are ended with the test.
final class RegistryHost {
    static let obstacle: String? = {
        if let obstacle = CommandLinePlace.obstacle { return obstacle }
        for program in ["docker-registry", "python3", "htpasswd"] where access("/usr/bin/\(program)", X_OK) != 0 {
            return "needs docker-registry, python3 and apache2-utils (\(program))"
        }
        return nil
    }()

    let port: Int
    let proxyPort: Int
    private let folder: String
    private var processes: [pid_t] = []

    /// - Parameter user: the one whom it lets in, with `password`; anybody without it.
    init(in folder: String, user: String? = nil, password: String = "") throws {
        self.folder = folder
        port = Int.random(in: 30_000...30_999)
        proxyPort = port + 1_000
        let text = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(folder)/registry}}
            http: {addr: "127.0.0.1:\(port)"}
            \(user == nil ? "" : "auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}")

            """
        if let user {
            let line = NetworkHost.spawn(["/usr/bin/htpasswd", "-Bbn", "-C", "4", user, password]).output
            try Files.replace("\(folder)/htpasswd", with: line.utf8, durable: false)
        }
        try Files.replace("\(folder)/registry.yml", with: text.utf8, durable: false)
        try Files.replace("\(folder)/proxy.py", with: Self.proxy.utf8, durable: false)
        try start("/usr/bin/docker-registry serve \(folder)/registry.yml", port)
        try start("/usr/bin/python3 \(folder)/proxy.py \(proxyPort) \(port) \(folder)/plan", proxyPort)
    }

    deinit {
        for process in processes {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
    }

    /// As this machine knows it.
    var local: String { "127.0.0.1:\(port)" }
    /// As the proxy alone knows it.
    var name: String { "registry.test:\(port)" }

    /// What the proxy does with requests to come, a word each: `busy` (503, once a second), `cut` (half a megabyte of a
    /// body), `stall` (as much, and the rest four seconds later), `pass`. After the last it lets all pass.
    func plan(_ words: [String]) throws {
        try Files.replace("\(folder)/plan", with: words.joined(separator: " ").utf8, durable: false)
    }

    /// What the proxy was asked for since the last look: `GET /v2/… RANGE`.
    func asked() -> [String] {
        let lines = (Files.text("\(folder)/plan.log") ?? "").split(separator: "\n").map(String.init)
        unlink("\(folder)/plan.log")
        return lines
    }

    private func start(_ line: String, _ port: Int) throws {
        let process = NetworkHost.start(["/bin/sh", "-c", "exec \(line) >\(folder)/\(port).log 2>&1"])
        processes.append(process ?? 0)
        for _ in 0..<500 {
            if NetworkHost.spawn(["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"]).code == 0 { return }
            usleep(20_000)
        }
        throw SystemCallError("start \(line)", errno: .noSuchProcess)
    }

    private static let proxy = """
        import os, socket, sys, threading, time
        port, target, plan = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
        lock = threading.Lock()

        def step():
            with lock:
                try:
                    words = open(plan).read().split()
                except FileNotFoundError:
                    words = []
                if words:
                    open(plan, 'w').write(' '.join(words[1:]))
                return words[0] if words else 'pass'

        def serve(client):
            with client:
                head = b''
                while b'\\r\\n\\r\\n' not in head:
                    part = client.recv(65536)
                    if not part:
                        return
                    head += part
                head, body = head.split(b'\\r\\n\\r\\n', 1)
                lines = head.decode().split('\\r\\n')
                method, url, _ = lines[0].split()
                if method == 'CONNECT':
                    client.sendall(b'HTTP/1.1 502 no\\r\\nContent-Length: 0\\r\\n\\r\\n')
                    return
                path = '/' + url.split('/', 3)[3]
                wanted = [line.split(':', 1)[1].strip() for line in lines if line.lower().startswith('range:')]
                with lock:
                    open(plan + '.log', 'a').write(' '.join([method, path] + wanted) + '\\n')
                word = step()
                if word == 'busy':
                    client.sendall(b'HTTP/1.1 503 busy\\r\\nRetry-After: 1\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n')
                    return
                kept = [line for line in lines[1:] if not line.lower().startswith(('connection:', 'proxy-'))]
                with socket.create_connection(('127.0.0.1', target)) as server:
                    request = [f'{method} {path} HTTP/1.1'] + kept + ['Connection: close', '', '']
                    server.sendall('\\r\\n'.join(request).encode() + body)
                    left = 500000 if word in ('cut', 'stall') else 1 << 60
                    while left > 0:
                        part = server.recv(min(65536, left))
                        if not part:
                            return
                        client.sendall(part)
                        left -= len(part)
                        if word == 'stall' and left <= 0:
                            time.sleep(4)
                            word, left = 'pass', 1 << 60

        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', port))
        listener.listen(64)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        """
}
