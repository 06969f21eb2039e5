import CCurl
import Linux

/// How connections are made: what is trusted, which proxy, how fast.
struct ConnectionOptions: Sendable, Hashable {
    /// PEM, beside what the system trusts.
    var authorities: String?
    /// Paths of PEM files.
    var certificate: String?
    var key: String?
    var trustsAnybody = false
    /// Absent: as libcurl reads the environment.
    var proxy: String?
    var noProxy: String?
    /// Bytes a second; 0 without a limit.
    var rate: Int64 = 0
}

/// Transfers by libcurl, any number at once, on the calling thread.
final class HTTPSession {
    private let session: OpaquePointer
    let options: ConnectionOptions

    init(_ options: ConnectionOptions) throws(ImageError) {
        guard let session = ccurl_session_new() else {
            throw .libraryMissing(reason: String(cString: ccurl_problem()))
        }
        self.session = session
        self.options = options
    }

    deinit { ccurl_session_free(session) }

    /// Begins `request`. The files and the hash that it speaks of must live as long as the transfer.
    func begin(_ request: HTTPRequest) throws(ImageError) -> HTTPTransfer {
        var raw = ccurl_request()
        raw.source = -1
        raw.target = -1
        var body: [UInt8] = []
        switch request.content {
        case .bytes(let bytes): body = bytes
        case .file(let number, let offset, let count):
            (raw.source, raw.source_offset, raw.source_count) = (number, offset, count)
        }
        switch request.sink {
        case .memory(let limit): raw.limit = Int64(limit)
        case .file(let number, let offset, let limit, let hash):
            (raw.target, raw.target_offset, raw.limit, raw.hash) = (number, offset, limit, hash)
        }
        raw.follows = request.method == .get || request.method == .head ? 1 : 0
        raw.trusts_anybody = options.trustsAnybody ? 1 : 0
        raw.rate = options.rate
        // Without it libcurl waits a second for a leave to send that few registries give.
        let headers = (request.headers + [("Expect", "")]).map { "\($0.name): \($0.value)\n" }.joined()
        let handle: OpaquePointer? = Self.withStrings([
            request.method.rawValue, request.url, headers, options.proxy, options.noProxy, options.authorities,
            options.certificate, options.key,
        ]) { strings in
            body.withUnsafeBytes { bytes in
                (raw.method, raw.url, raw.headers) = (strings[0], strings[1], strings[2])
                (raw.proxy, raw.no_proxy, raw.authorities) = (strings[3], strings[4], strings[5])
                (raw.certificate, raw.key) = (strings[6], strings[7])
                (raw.body, raw.body_count) = (bytes.baseAddress, bytes.count)
                return ccurl_begin(session, &raw)
            }
        }
        guard let handle else { throw .registry(request.url, reason: String(cString: ccurl_problem())) }
        return HTTPTransfer(handle, of: self)
    }

    /// Moves what can be moved, waiting at most `milliseconds` for it.
    func work(atMost milliseconds: Int32) throws(ImageError) {
        guard ccurl_work(session, milliseconds) == 0 else { throw .registry("libcurl", reason: "it cannot wait") }
    }

    /// C strings of `texts` for the length of `body`.
    private static func withStrings<R>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        func next(_ index: Int, _ done: [UnsafePointer<CChar>?]) -> R {
            guard index < texts.count else { return body(done) }
            guard let text = texts[index] else { return next(index + 1, done + [nil]) }
            return text.withCString { next(index + 1, done + [$0]) }
        }
        return next(0, [])
    }
}

/// One transfer; broken off where it goes out of scope before its end.
final class HTTPTransfer {
    private let handle: OpaquePointer
    /// Must outlive the handle.
    private let session: HTTPSession

    fileprivate init(_ handle: OpaquePointer, of session: HTTPSession) {
        self.handle = handle
        self.session = session
    }

    deinit { ccurl_free(handle) }

    /// Bytes of content that have come, or gone where a file is sent.
    var count: Int64 { ccurl_count(handle) }

    /// How it ended; `nil` while it has not.
    var result: Result<HTTPAnswer, HTTPFailure>? {
        var answer = ccurl_answer()
        guard ccurl_ended(handle, &answer) == 1 else { return nil }
        return Int(answer.outcome) == CCURL_DONE ? .success(HTTPAnswer(answer)) : .failure(HTTPFailure(answer))
    }
}
