import Glibc

/// A parser of data from outside, as a fuzzer sees it: bytes go in, and whatever they are, the program goes on. Kept
/// inputs lie in Tests/Fixtures/fuzz, a folder a target.
///
/// Besides not crashing, each target holds what its parser promises: what is read, written and read again is the same.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Programs and libraries that `image pack` follows.
    case elf
    /// `/etc/ld.so.cache`, `#!` lines, paths in an archive's entries.
    case host
    /// Manifest, index, configuration, descriptor and layout of an image.
    case image
    /// `config.json` of a bundle, and what a launch makes of it.
    case configuration
    /// A Containerfile and what `commit --change` takes.
    case containerfile
    /// Names of images and digests.
    case reference
    /// What a registry says in a header of how it is to be let in to, and passwords as files keep them.
    case registry
    /// A layer's archive, unpacked.
    case layer
    /// Files of control groups, /proc and /sys.
    case kernel
    /// What crosses the control socket, and the documents that lie on disk.
    case messages
    /// A container's log.
    case log
    /// Limits, sizes, times, volumes, ports and patterns that people type.
    case typed
    /// Keys and clicks into the dashboard's `update`, and the view of what comes of them.
    case keys

    /// Has `bytes` parsed. Returns where the program goes on, and stops where it would not, or breaks a promise.
    package func take(_ bytes: [UInt8]) {
        switch self {
        case .elf: takeELF(bytes)
        case .host: takeHostFile(bytes)
        case .image: takeImageDocument(bytes)
        case .configuration: takeConfiguration(bytes)
        case .containerfile: takeContainerfile(bytes)
        case .reference: takeReference(bytes)
        case .registry: takeRegistry(bytes)
        case .layer: takeLayer(bytes)
        case .kernel: takeKernelFile(bytes)
        case .messages: takeMessage(bytes)
        case .log: takeLog(bytes)
        case .typed: takeTyped(bytes)
        case .keys: takeKeys(bytes)
        }
    }
}

/// The promise that a target holds its parser to. Says it before stopping: an optimised `precondition` says nothing.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if condition { return }
    let text = "fuzz: a broken promise: \(promise())\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    abort()
}
