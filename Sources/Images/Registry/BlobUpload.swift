import Glibc
import Linux
import OCI

/// One blob on its way from the store to a registry: distribution specification, "Pushing Blobs".
final class BlobUpload {
    let blob: ContentDescriptor
    private let client: RegistryClient
    private let attempts: Int
    private let file: FileDescriptor
    /// Where the registry wants it.
    private var place: String?
    private var transfer: HTTPTransfer?
    /// Bytes that the registry has.
    private var offset: Int64 = 0
    /// The most that it has had.
    private var furthest: Int64 = 0
    private var attempt = 1
    private var notBefore: MonotonicTime?

    init(_ blob: ContentDescriptor, _ file: consuming FileDescriptor, to client: RegistryClient, attempts: Int) {
        self.blob = blob
        self.file = file
        self.client = client
        self.attempts = attempts
    }

    /// Asks whether it is there, or in one of `others`, repositories of the same registry that may have it; else where
    /// it is to go. `nil` where it must be sent.
    func start(others: [String]) throws(ImageError) -> TransferEvent.End? {
        let there = try client.send(HTTPRequest(.head, client.url("blobs/\(blob.digest)")))
        if there.status == 200 { return .present }
        for other in others {
            let fields = [("mount", blob.digest.description), ("from", other)]
            let answer = try client.send(
                HTTPRequest(.post, client.url("blobs/uploads/?\(RegistryClient.form(fields))")))
            if answer.status == 201 { return .mounted }
            if answer.status == 202 {
                place = try location(of: answer)
                return nil
            }
        }
        try ask()
        return nil
    }

    private func ask() throws(ImageError) {
        let answer = try client.send(HTTPRequest(.post, client.url("blobs/uploads/")))
        guard answer.status == 202 else { throw client.error(of: answer, doing: "push to \(client.repository)") }
        place = try location(of: answer)
        offset = 0
    }

    private func location(of answer: HTTPAnswer) throws(ImageError) -> String {
        guard let text = answer["Location"] else {
            throw .registry(client.registry, reason: "it does not say where a blob is to go")
        }
        return text.hasPrefix("/") ? client.address + text : text
    }

    private func begin() throws(ImageError) {
        guard let place else { return }
        var request = HTTPRequest(.patch, place)
        request.headers = [("Content-Type", "application/octet-stream")]
        // Those that know no parts know no header for them: only what goes on has one.
        if offset > 0 { request.headers.append(("Content-Range", "\(offset)-\(blob.size - 1)")) }
        request.content = .file(number: file.number, offset: offset, count: blob.size - offset)
        transfer = try client.begin(request)
    }

    /// Looks how it stands, and does what is to be done next; `true` once the registry has it.
    func advance(_ say: (TransferEvent) -> Void) throws(ImageError) -> Bool {
        if let time = notBefore {
            if MonotonicTime.now < time { return false }
            notBefore = nil
            try askAgain()
        }
        if transfer == nil { try begin() }
        guard let transfer else { return false }
        guard let result = transfer.result else {
            say(.moved(blob.digest, offset + transfer.count))
            return false
        }
        self.transfer = nil
        switch result {
        case .success(let answer) where answer.status == 202:
            place = try location(of: answer)
            return try finish(say)
        case .success(let answer) where answer.status == 401 && attempt < attempts:
            attempt += 1
            try client.authorise(by: answer)
            try askAgain()
            return false
        case .success(let answer) where RegistryClient.isBusy(answer.status) || answer.status == 404:
            return try retry("it answered \(answer.status)", answer, say)
        case .success(let answer): throw client.error(of: answer, doing: "push blob \(blob.digest.short)")
        case .failure(let failure):
            guard failure.isWorthRetrying else { throw client.error(of: failure) }
            return try retry(failure.problem, nil, say)
        }
    }

    private func retry(
        _ reason: String, _ answer: HTTPAnswer?, _ say: (TransferEvent) -> Void
    ) throws(ImageError) -> Bool {
        attempt += 1
        guard attempt <= attempts else { throw .unreachable(client.registry, reason: reason, .unknown) }
        let seconds = RegistryClient.delay(attempt, answer)
        say(.retries(blob.digest, reason: reason, seconds: seconds))
        notBefore = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + UInt64(seconds * 1e9))
        return false
    }

    /// After a break: how much the registry has; where it has forgotten, from the start.
    private func askAgain() throws(ImageError) {
        guard let place else { return }
        let answer = try client.send(HTTPRequest(.get, place))
        let last = answer["Range"]?.split(separator: "-").last.flatMap { Int64($0) }
        guard answer.status == 204 || answer.status == 202, let last, last < blob.size else { return try ask() }
        self.place = try location(of: answer)
        // `0-0` is what they say of nothing as well as of one byte.
        offset = last == 0 ? 0 : last + 1
        if last == 0 { try ask() }
        // Whoever gets further, however slowly, may try for ever.
        if offset > furthest { (furthest, attempt) = (offset, 1) }
    }

    private func finish(_ say: (TransferEvent) -> Void) throws(ImageError) -> Bool {
        guard let place else { return false }
        let digest = RegistryClient.form([("digest", blob.digest.description)])
        let answer = try client.send(HTTPRequest(.put, place + (place.contains("?") ? "&" : "?") + digest))
        if answer.status == 201 || answer.status == 204 { return true }
        // Some answer so where the bytes that came before the break are not those that they think.
        guard attempt < attempts, [400, 404, 416].contains(answer.status) else {
            throw client.error(of: answer, doing: "push blob \(blob.digest.short)")
        }
        attempt += 1
        try ask()
        return false
    }
}
