import Linux

extension RegistryOptions {
    /// Asks `registry` whether it lets `credentials` in; throws where it does not.
    package func check(_ credentials: Credentials, at registry: String) throws(ImageError) {
        var options = self
        options.credentials = credentials
        let client = try RegistryClient(
            registry: registry, repository: "", scopes: [], options: options, onWait: {})
        let answer = try client.send(HTTPRequest(.get, "\(client.address)/v2/"))
        guard answer.status == 200 else { throw ImageError.unauthorised(registry, given: true) }
    }
}
