import JSON
import Linux

extension HTTPFailure {
    /// Whether the same could succeed in a moment. Refused: a registry that is being started again.
    var isWorthRetrying: Bool {
        switch kind {
        case .broken, .refused: true
        case .unknownHost, .noTLS, .untrusted, .fromStart, .tooLarge, .file, .other: false
        }
    }
}

extension RegistryClient {
    /// What the registry itself says of why it refused.
    private struct Refusal: Decodable {
        struct Part: Decodable {
            var code: String?
            var message: String?
        }
        var errors: [Part]?
    }

    /// The sentence for a transfer that failed.
    func error(of failure: HTTPFailure) -> ImageError {
        switch failure.kind {
        case .file(let reason): .system(SystemCallError("write", "a blob", errno: reason))
        case .tooLarge: .registry(registry, reason: "it sent more than it promised")
        case .untrusted: .unreachable(registry, reason: failure.problem, .untrusted)
        case .noTLS: .unreachable(registry, reason: failure.problem, .noTLS)
        case .fromStart: .registry(registry, reason: "it does not go on where a transfer broke off")
        case .broken, .unknownHost, .refused, .other: .unreachable(registry, reason: failure.problem, .unknown)
        }
    }

    /// The sentence for an answer that is not what was asked for.
    func error(of answer: HTTPAnswer, doing what: String) -> ImageError {
        if answer.status == 401 || answer.status == 403 { return .unauthorised(registry, given: isNamed) }
        let said = (try? JSON.decode(Refusal.self, from: answer.body))?.errors?.first
        let words = said?.message.flatMap { $0.isEmpty ? nil : $0 } ?? said?.code
        let reason = words.map { printable(String($0.prefix(300))) } ?? "it answered \(answer.status)"
        return .registry(registry, reason: "cannot \(what): \(reason)")
    }
}
