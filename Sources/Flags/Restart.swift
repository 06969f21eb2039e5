import Records

extension Flag {
    /// `no`, `on-failure`, `on-failure:3`, `always` or `unless-stopped`.
    package func restartPolicy() throws(FlagError) -> RestartPolicy {
        switch text {
        case "no", "": return .no
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "on-failure": return .onFailure(retries: nil)
        default:
            guard text.hasPrefix("on-failure:"), let retries = Int(text.dropFirst(11)), retries >= 0 else {
                throw refused("must be no, on-failure, on-failure:3, always or unless-stopped")
            }
            // As in docker, 0 retries is the same as saying no number.
            return .onFailure(retries: retries == 0 ? nil : retries)
        }
    }
}
