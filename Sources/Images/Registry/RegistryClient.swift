import Glibc
import JSON
import Linux

/// A conversation with one repository of one registry: OCI distribution specification.
///
/// One thread: while an answer is awaited, all other transfers of the session go on.
final class RegistryClient {
    let registry: String
    let repository: String
    let session: HTTPSession
    private let options: RegistryOptions
    private let scopes: [String]
    /// What is told while something is awaited: so that bars move.
    let onWait: () -> Void
    /// `https://host:port`, once it has answered.
    private(set) var address = ""
    private var authorization: String?
    /// It was told who asks.
    private(set) var isNamed = false

    /// Connects, and finds out how to be let in.
    ///
    /// - Parameter scopes: what a token is wanted for: `repository:a/b:pull,push`.
    init(
        registry: String, repository: String, scopes: [String], options: RegistryOptions, onWait: @escaping () -> Void
    ) throws(ImageError) {
        let options = try options.settled(for: registry, repository)
        self.registry = registry
        self.repository = repository
        self.scopes = scopes
        self.options = options
        self.onWait = onWait
        session = try HTTPSession(try options.connection(to: registry))
        try connect()
    }

    private func connect() throws(ImageError) {
        let addresses = options.addresses(of: registry)
        for (index, address) in addresses.enumerated() {
            let isLast = index == addresses.count - 1
            let answer: HTTPAnswer
            do throws(ImageError) {
                // A few attempts: whoever has the address wrong is not to wait long for being told.
                answer = try exchange(
                    HTTPRequest(.get, "\(address)/v2/"), attempts: isLast ? min(3, options.attempts) : 1)
            } catch {
                // Whoever has no TLS says something that is none; where plain HTTP is allowed, it is tried.
                if !isLast, case .unreachable(_, _, let security) = error, security != .untrusted { continue }
                throw error
            }
            self.address = address
            if answer.status == 401 { return try authorise(by: answer) }
            guard answer.status == 200 else {
                throw .registry(registry, reason: "it answers \(answer.status) to /v2/, so it is no registry")
            }
            return
        }
    }

    /// The address of something of this repository: `manifests/latest`.
    func url(_ path: String) -> String { "\(address)/v2/\(repository)/\(path)" }

    /// Sends `request` and waits for the answer; lets itself in where that is asked for. Broken connections and busy
    /// servers are tried again.
    func send(_ request: HTTPRequest) throws(ImageError) -> HTTPAnswer {
        var answer = try exchange(authorised(request), attempts: options.attempts)
        if answer.status == 401 {
            try authorise(by: answer)
            answer = try exchange(authorised(request), attempts: options.attempts)
        }
        return answer
    }

    /// Begins a transfer without waiting for it.
    func begin(_ request: HTTPRequest) throws(ImageError) -> HTTPTransfer { try session.begin(authorised(request)) }

    private func authorised(_ request: HTTPRequest) -> HTTPRequest {
        guard let authorization, isOurs(request.url) else { return request }
        var request = request
        request.headers.append(("Authorization", authorization))
        return request
    }

    /// A registry may name another host to send blobs to; that one is not told what lets us into this one.
    private func isOurs(_ url: String) -> Bool { url.hasPrefix("\(address)/") }

    private func exchange(_ request: HTTPRequest, attempts: Int) throws(ImageError) -> HTTPAnswer {
        var attempt = 1
        while true {
            let outcome = try wait(for: try session.begin(request))
            let isLast = attempt >= attempts
            switch outcome {
            case .success(let answer):
                guard Self.isBusy(answer.status), !isLast else { return answer }
                try pause(Self.delay(attempt, answer))
            case .failure(let failure):
                guard failure.isWorthRetrying, !isLast else { throw error(of: failure) }
                try pause(Self.delay(attempt, nil))
            }
            attempt += 1
        }
    }

    private func wait(for transfer: HTTPTransfer) throws(ImageError) -> Result<HTTPAnswer, HTTPFailure> {
        while true {
            if let result = transfer.result { return result }
            try session.work(atMost: 100)
            onWait()
        }
    }

    /// Lets the other transfers go on for so many seconds.
    func pause(_ seconds: Double) throws(ImageError) {
        let start = MonotonicTime.now
        while MonotonicTime.now.seconds(since: start) < seconds {
            try session.work(atMost: 20)
            onWait()
            usleep(10_000)
        }
    }

    /// Takes what `answer`, a 401, asks for: a token, or a password with each request.
    func authorise(by answer: HTTPAnswer) throws(ImageError) {
        let challenges = answer.all("WWW-Authenticate").flatMap(Challenge.parse)
        var known = options.credentials
        if known == nil {
            known = try CredentialStore(environment: options.environment)
                .credentials(registry: registry, repository: repository)
        }
        isNamed = known != nil
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            authorization = "Bearer \(try token(bearer, known))"
            return
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else {
            throw .registry(registry, reason: "it wants to be let in in a way that is not known here")
        }
        guard let known, known.identityToken == nil else { throw .unauthorised(registry, given: false) }
        if authorization == known.basic { throw .unauthorised(registry, given: true) }
        authorization = known.basic
    }

    private struct Token: Decodable {
        var token: String?
        var access_token: String?
    }

    /// Distribution specification, "Token Authentication"; with an identity token, OAuth2's.
    private func token(_ challenge: Challenge, _ known: Credentials?) throws(ImageError) -> String {
        guard let realm = challenge.parameters["realm"] else {
            throw .registry(registry, reason: "it wants a token and does not say from where")
        }
        // A password is for the one who asks over TLS, or for a registry that is spoken to in the clear anyway.
        guard realm.hasPrefix("https://") || realm.hasPrefix("http://") && address.hasPrefix("http://") else {
            throw .registry(registry, reason: "it gets its tokens from \(printable(realm)), which is not safe")
        }
        var fields: [(String, String)] = challenge.parameters["service"].map { [("service", $0)] } ?? []
        let asked = scopes.isEmpty ? challenge.parameters["scope"].map { [$0] } ?? [] : scopes
        var request: HTTPRequest
        if let identity = known?.identityToken {
            fields += [("grant_type", "refresh_token"), ("refresh_token", identity), ("client_id", "boxtop")]
            fields += asked.isEmpty ? [] : [("scope", asked.joined(separator: " "))]
            request = HTTPRequest(.post, realm)
            request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
            request.content = .bytes(Array(Self.form(fields).utf8))
        } else {
            fields += asked.map { ("scope", $0) }
            if let known { fields.append(("account", known.user)) }
            request = HTTPRequest(.get, realm + (realm.contains("?") ? "&" : "?") + Self.form(fields))
            if let known { request.headers = [("Authorization", known.basic)] }
        }
        let answer = try exchange(request, attempts: options.attempts)
        if answer.status == 401 || answer.status == 403 { throw .unauthorised(registry, given: known != nil) }
        guard answer.status == 200, let found = try? JSON.decode(Token.self, from: answer.body),
            let token = found.token ?? found.access_token
        else { throw .registry(registry, reason: "it gave no token (\(answer.status))") }
        // A line's end in it would be a header of its own.
        guard token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw .registry(registry, reason: "it gave a token that cannot be one")
        }
        return token
    }

    /// `a=b&c=d`, escaped.
    static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            let plain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            if plain || "-._~".utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
