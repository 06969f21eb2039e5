import Linux

/// One file by its address.
package enum Download {
    /// What lies at `url`, at most 1 GiB.
    package static func bytes(of url: String, options: RegistryOptions) throws(ImageError) -> [UInt8] {
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
        let session = try HTTPSession(try options.connection(to: host))
        var request = HTTPRequest(.get, url)
        request.sink = .memory(limit: 1 << 30)
        var attempt = 1
        while true {
            let transfer = try session.begin(request)
            while transfer.result == nil { try session.work(atMost: 500) }
            switch transfer.result {
            case .success(let answer)? where answer.status == 200: return answer.body
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
