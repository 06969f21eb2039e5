import Glibc
import Linux

/// One file by its address.
package enum Download {
    /// What lies at `url`, at most 1 GiB.
    package static func bytes(of url: String, options: RegistryOptions) throws(ImageError) -> [UInt8] {
        try get(url, options) { request throws(ImageError) in request.sink = .memory(limit: 1 << 30) }.body
    }

    /// Writes what lies at `url` into the empty file `file`, at most `limit` bytes, and goes back to its beginning.
    static func write(
        _ url: String, to file: borrowing FileDescriptor, limit: Int64, options: RegistryOptions
    ) throws(ImageError) {
        let number = file.number
        // A transfer into a file is hashed on the way, whether anybody asks for the sum or not.
        let hash = try SHA256()
        let pointer = hash.pointer
        _ = try get(url, options) { request throws(ImageError) in
            try system { () throws(SystemCallError) in try systemCall("shorten", url) { ftruncate(number, 0) } }
            request.sink = .file(number: number, offset: 0, limit: limit, hash: pointer)
        }
        lseek(number, 0, SEEK_SET)
        _ = try hash.finish()
    }

    /// The answer to a request that `prepare` says before each attempt where it goes.
    private static func get(
        _ url: String, _ options: RegistryOptions, _ prepare: (inout HTTPRequest) throws(ImageError) -> Void
    ) throws(ImageError) -> HTTPAnswer {
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
        let session = try HTTPSession(try options.connection(to: host))
        var attempt = 1
        while true {
            var request = HTTPRequest(.get, url)
            try prepare(&request)
            let transfer = try session.begin(request)
            while transfer.result == nil { try session.work(atMost: 500) }
            switch transfer.result {
            case .success(let answer)? where answer.status == 200: return answer
            case .success(let answer)?: throw .registry(url, reason: "it answers \(answer.status)")
            case .failure(let failure)?:
                guard failure.isWorthRetrying, attempt < 3 else {
                    throw .unreachable(host, reason: failure.problem, .unknown)
                }
                attempt += 1
            case nil: continue
            }
        }
    }
}
