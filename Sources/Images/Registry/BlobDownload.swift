import Glibc
import Linux
import OCI

/// One blob on its way from a registry into the store: begun, broken off, gone on with, verified.
final class BlobDownload {
    let blob: ContentDescriptor
    private let client: RegistryClient
    private let attempts: Int
    private var partial: PartialBlob?
    private var hash: SHA256?
    private var transfer: HTTPTransfer?
    /// Bytes that were there when the transfer began.
    private var offset: Int64 = 0
    /// The most that was there when a transfer broke off.
    private var furthest: Int64 = 0
    private var attempt = 1
    private var notBefore: MonotonicTime?
    /// Nothing of what is there is another process's from before.
    private var isAllOurs = false

    init(_ blob: ContentDescriptor, from client: RegistryClient, into partial: consuming PartialBlob, attempts: Int) {
        self.blob = blob
        self.client = client
        self.partial = consume partial
        self.attempts = attempts
    }

    /// Bytes that are there.
    var done: Int64 { offset + (transfer?.count ?? 0) }

    /// Begins or goes on, where it is time to.
    private func begin() throws(ImageError) {
        guard let file = partial.take() else { return }
        if file.size > blob.size { try file.truncate() }
        if offset == 0, file.size == 0 { isAllOurs = true }
        // What is in the file counts, not what a transfer thinks that it has written.
        let number = file.file.number
        let hash = try file.hash()
        offset = file.size
        partial = consume file
        let pointer = hash.pointer
        self.hash = consume hash
        guard offset < blob.size else { return }
        var request = HTTPRequest(.get, client.url("blobs/\(blob.digest)"))
        if offset > 0 { request.headers.append(("Range", "bytes=\(offset)-\(blob.size - 1)")) }
        request.sink = .file(number: number, offset: offset, limit: blob.size, hash: pointer)
        transfer = try client.begin(request)
    }

    /// Looks how it stands, and does what is to be done next; `true` once the blob is in the store.
    func advance(_ store: ImageStore, _ say: (TransferEvent) -> Void) throws(ImageError) -> Bool {
        if let time = notBefore {
            if MonotonicTime.now < time { return false }
            notBefore = nil
        }
        if transfer == nil {
            try begin()
            guard transfer == nil else { return false }
            return try finish(store)
        }
        guard let result = transfer?.result else {
            say(.moved(blob.digest, done))
            return false
        }
        offset = done
        transfer = nil
        switch result {
        case .success(let answer) where answer.status == 200 || answer.status == 206:
            if offset < blob.size { return try retry("it ended too early", nil, say) }
            return try finish(store)
        case .success(let answer) where answer.status == 401:
            guard attempt < attempts else { throw client.error(of: answer, doing: "get blob \(blob.digest)") }
            attempt += 1
            try client.authorise(by: answer)
        case .success(let answer) where answer.status == 416: try startOver(answer)
        case .success(let answer) where RegistryClient.isBusy(answer.status):
            return try retry("it answered \(answer.status)", answer, say)
        case .success(let answer): throw client.error(of: answer, doing: "get blob \(blob.digest)")
        case .failure(let failure):
            if case .fromStart = failure.kind {
                try partial?.truncate()
            } else if failure.isWorthRetrying {
                return try retry(failure.problem, nil, say)
            } else {
                throw client.error(of: failure)
            }
        }
        return false
    }

    /// The server knows of no bytes from there on: what is here is of another blob.
    private func startOver(_ answer: HTTPAnswer) throws(ImageError) {
        guard attempt < attempts else { throw client.error(of: answer, doing: "get blob \(blob.digest)") }
        attempt += 1
        try partial?.truncate()
    }

    private func retry(
        _ reason: String, _ answer: HTTPAnswer?, _ say: (TransferEvent) -> Void
    ) throws(ImageError) -> Bool {
        // Whoever gets further, however slowly, may try for ever; one that begins anew each time gets no further.
        attempt = offset > furthest ? 1 : attempt + 1
        furthest = max(furthest, offset)
        guard attempt <= attempts else { throw .unreachable(client.registry, reason: reason, .unknown) }
        let seconds = RegistryClient.delay(attempt, answer)
        say(.retries(blob.digest, reason: reason, seconds: seconds))
        notBefore = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + UInt64(seconds * 1e9))
        return false
    }

    private func finish(_ store: ImageStore) throws(ImageError) -> Bool {
        guard let found = try hash.take()?.finish(), let file = partial.take() else { return false }
        if found == blob.digest {
            try file.commit(as: blob.digest, in: store)
            return true
        }
        guard !isAllOurs else {
            file.discard()
            throw .wrongDigest("blob \(blob.digest.short)", expected: blob.digest, found: found)
        }
        // A file that a power cut has left with holes: from the start, once.
        try file.truncate()
        partial = consume file
        (offset, isAllOurs) = (0, true)
        return false
    }
}
