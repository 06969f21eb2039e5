import Images
import OCI

/// What FROM and --from name.
extension Builder {
    /// The image `wanted` of the store, or of its registry.
    ///
    /// - Parameter platform: which it must be for; absent: as it is.
    func find(_ wanted: String, platform: Platform? = nil) throws(BuildError) -> Image {
        let name = if case .image(let other)? = request.contexts[wanted] { other } else { wanted }
        let image = try explained { () throws(ImageError) in
            if !asksRegistries {
                do throws(ImageError) {
                    let image = try images.resolve(name)
                    if platform.map({ image.configuration.platform.fits($0) }) ?? true { return image }
                } catch {
                    guard case .notFound = error else { throw error }
                }
            }
            var request = PullRequest(try Reference(name))
            if let platform { request.platform = platform }
            say(.note("pulling \(name)\(platform.map { " for \($0)" } ?? "")"))
            return try fetch(request)
        }
        if let platform, !image.configuration.platform.fits(platform) {
            throw BuildError("\(name) is for \(image.configuration.platform), not for \(platform)")
        }
        return image
    }

    /// What `--platform` of a FROM means.
    func platform(_ text: String) throws(BuildError) -> Platform {
        let expanded = try globalWords.expand(text)
        let parts = expanded.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), !parts.contains("") else {
            throw BuildError("--platform=\(text) is no OS/ARCHITECTURE: linux/arm64")
        }
        return Platform(architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// Names of `--build-arg` that nothing in the file asks for, by name.
    var unused: [String] {
        let steps = file.globals + file.stages.flatMap(\.steps)
        let declared = steps.filter { $0.keyword == "ARG" }.flatMap { step in
            step.text.split(whereSeparator: \.isWhitespace).map { Self.assignment(String($0)).name }
        }
        return request.arguments.keys.filter { !declared.contains($0) && !Self.predefined.contains($0) }.sorted()
    }
}

extension Platform {
    /// Whether programs for this run where `wanted` is: its variant counts where both have one.
    fileprivate func fits(_ wanted: Platform) -> Bool {
        os == wanted.os && architecture == wanted.architecture
            && (variant == nil || wanted.variant == nil || variant == wanted.variant)
    }
}
