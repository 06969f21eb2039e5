import Glibc
import Linux
import Testing

@testable import Images

/// Registries that answer what no registry should, each in its own way by the repository's name: what is said of them is
/// a sentence, and nothing of theirs is kept.
@Suite(.serialized, .enabled(if: isInstalled("python3"), "needs python3"))
struct RudeRegistryTests {
    private let server: Server

    init() throws { server = try Server() }

    private func pull(_ name: String) throws -> String {
        let test = try TestStore()
        var options = RegistryOptions(environment: ["HOME": server.folder.path])
        options.attempts = 2
        let reference = try Reference("\(server.host)/\(name)")
        do throws(ImageError) {
            _ = try test.store.pull(PullRequest(reference), options: options) { _ in }
        } catch {
            // The documents that it has verified may stay, for the next attempt; a layer of another's not.
            #expect(try test.store.list().isEmpty && test.store.verify().problems.isEmpty)
            return "\(error)"
        }
        Issue.record("it was taken")
        return ""
    }

    @Test(arguments: [
        ("message", ": not \\u{1B}[31mtoday"),
        ("code", ": DENIED"),
        ("nothing", ": it answered 418"),
        ("endless", "it sent more than it promised"),
        ("forbidden", "has no forbidden:latest, or not for everybody"),
        ("away", "cannot reach"),
        ("empty", ""), ("list", ""), ("deep", ""),
    ])
    func `a manifest that is none is told in a sentence`(name: String, words: String) throws {
        let sentence = try pull(name)
        #expect(sentence.contains(words), "\(sentence)")
        #expect(!sentence.unicodeScalars.contains { $0.value < 32 } && sentence.utf8.count < 600, "\(sentence)")
    }

    @Test(arguments: [
        ("longer", "more than it promised"), ("shorter", "it ended too early"), ("other", "digest"),
        ("gone", "cannot get blob"), ("busy", "it answered 503"),
    ])
    func `a blob that is not what the manifest says is not kept`(name: String, words: String) throws {
        let sentence = try pull(name)
        #expect(sentence.contains(words), "\(sentence)")
    }

    /// `python3`'s own server on loopback; ended with the value.
    private final class Server {
        let host: String
        let folder: TemporaryFolder
        private let process: pid_t

        init() throws {
            folder = try TemporaryFolder()
            let folder = folder.path
            try Files.replace("\(folder)/rude.py", with: Self.program.utf8, durable: false)
            let line = "python3 \(folder)/rude.py \(folder)/port >\(folder)/rude.log 2>&1 & echo $!"
            process = pid_t(try run(["sh", "-c", line]).output.filter(\.isNumber)) ?? 0
            let begin = MonotonicTime.now
            var port = ""
            while port.isEmpty {
                guard MonotonicTime.now.seconds(since: begin) < 20 else {
                    throw SystemCallError("start a server", errno: .noSuchProcess)
                }
                usleep(20_000)
                port = Files.text("\(folder)/port") ?? ""
            }
            host = "localhost:\(port)"
        }

        deinit { if process > 0 { kill(process, SIGKILL) } }

        private static let program = """
            import hashlib, http.server, json, os, platform, sys

            def digest(data):
                return 'sha256:' + hashlib.sha256(data).hexdigest()

            machine = {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine())
            config = json.dumps({'architecture': machine, 'os': 'linux', 'rootfs': {'type': 'layers',
                                 'diff_ids': [digest(b'x' * 1024)]}, 'config': {}}).encode()
            layer = b'x' * 1024
            kind = 'application/vnd.oci.image.'
            manifest = json.dumps({
                'schemaVersion': 2, 'mediaType': kind + 'manifest.v1+json',
                'config': {'mediaType': kind + 'config.v1+json', 'digest': digest(config), 'size': len(config)},
                'layers': [{'mediaType': kind + 'layer.v1.tar', 'digest': digest(layer), 'size': len(layer)}]}).encode()

            class Rude(http.server.BaseHTTPRequestHandler):
                def do_HEAD(self):
                    self.do_GET()

                def do_GET(self):
                    if self.path == '/v2/':
                        return self.say(200, b'{}')
                    name, what = self.path.split('/')[2:4]
                    if what == 'blobs':
                        return self.blob(name)
                    answers = {
                        'message': (400, b'{"errors":[{"code":"DENIED","message":"not \\\\u001b[31mtoday"}]}'),
                        'code': (400, b'{"errors":[{"code":"DENIED","message":""}]}'),
                        'nothing': (418, b'<html>\\x00\\x1b[2J'),
                        'endless': (200, b'[' * (5 << 20)),
                        'forbidden': (403, b'{}'),
                        'empty': (200, b''),
                        'list': (200, b'[1, 2]'),
                        'deep': (200, b'[' * 100000),
                    }
                    if name == 'away':
                        return self.connection.close()
                    self.say(*answers.get(name, (200, manifest)))

                def blob(self, name):
                    data = config if self.path.endswith(digest(config)) else layer
                    if data is config:
                        return self.say(200, config)
                    self.say(*{
                        'longer': (200, layer + layer), 'shorter': (200, layer[1:]), 'other': (200, b'y' * 1024),
                        'gone': (404, b''),
                        'busy': (503, b''),
                    }[name])

                def say(self, status, body):
                    self.send_response(status)
                    self.send_header('Content-Type', kind + 'manifest.v1+json')
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    if self.command != 'HEAD':
                        self.wfile.write(body)

                def log_message(self, *words):
                    pass

            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Rude)
            with open(sys.argv[1] + '.new', 'w') as file:
                file.write(str(server.server_address[1]))
            os.rename(sys.argv[1] + '.new', sys.argv[1])
            server.serve_forever()

            """
    }
}
