import CCurl
import Linux

/// One request of HTTP/1.1: RFC 9112.
struct HTTPRequest {
    enum Method: String {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
    }

    /// Where the content of the answer goes.
    enum Sink {
        /// At most so many bytes.
        case memory(limit: Int)
        /// The open file `number` from `offset` on, `limit` bytes altogether, and a hash that has what is before.
        case file(number: Int32, offset: Int64, limit: Int64, hash: OpaquePointer)
    }

    enum Content {
        case bytes([UInt8])
        /// `count` bytes of the open file `number`, from `offset` on.
        case file(number: Int32, offset: Int64, count: Int64)
    }

    var method: Method
    var url: String
    var headers: [(name: String, value: String)] = []
    var content: Content = .bytes([])
    var sink: Sink = .memory(limit: 4 << 20)

    init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }
}

/// What came back.
struct HTTPAnswer {
    let status: Int
    let body: [UInt8]
    /// Where it came from, after redirections.
    let url: String
    private let headers: String

    init(_ answer: ccurl_answer) {
        status = Int(answer.status)
        body = Array(UnsafeRawBufferPointer(start: answer.body, count: answer.body_count))
        url = String(cString: answer.url)
        headers = String(cString: answer.headers)
    }

    /// For tests.
    init(status: Int, headers: String, body: [UInt8] = [], url: String = "") {
        (self.status, self.headers, self.body, self.url) = (status, headers, body, url)
    }

    /// The values of header `name`, each line's one, in order.
    func all(_ name: String) -> [String] {
        headers.split(whereSeparator: \.isNewline).compactMap { line in
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                return nil
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }

    subscript(_ name: String) -> String? { all(name).first }
}

/// Why no answer came.
struct HTTPFailure: Error {
    enum Kind {
        /// Worth another try.
        case broken
        case unknownHost
        case refused
        case noTLS
        case untrusted
        /// The server does not go on where we stopped.
        case fromStart
        case tooLarge
        case file(Errno)
        case other
    }

    let kind: Kind
    let problem: String

    init(_ answer: ccurl_answer) {
        problem = String(cString: answer.problem)
        kind =
            switch Int(answer.outcome) {
            case CCURL_BROKEN: .broken
            case CCURL_NO_HOST: .unknownHost
            case CCURL_REFUSED: .refused
            case CCURL_NO_TLS: .noTLS
            case CCURL_UNTRUSTED: .untrusted
            case CCURL_FROM_START: .fromStart
            case CCURL_TOO_LARGE: .tooLarge
            case CCURL_FILE: .file(Errno(rawValue: answer.system_error))
            default: .other
            }
    }

    init(_ kind: Kind, _ problem: String) { (self.kind, self.problem) = (kind, problem) }
}
