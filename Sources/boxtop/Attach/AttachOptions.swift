import ArgumentParser
import Flags

/// How this terminal is joined to a program's.
struct AttachOptions: ParsableArguments {
    @Option(name: .customLong("detach-keys"), help: "The keys that leave it running.")
    var detachKeys = "ctrl-p,ctrl-q"
    @Flag(name: .customLong("sig-proxy"), inversion: .prefixedNo, help: "Pass signals on, without a terminal.")
    var signalProxy = true

    struct Values {
        var detachKeys: [UInt8]
        var signalProxy: Bool
        var streams = JoinedStreams.all

        /// Where nothing else was asked for: ctrl-p, ctrl-q.
        static let usual = Values(detachKeys: [16, 17], signalProxy: true)
    }

    func read() throws(FlagError) -> Values {
        let keys =
            try detachKeys.isEmpty ? Values.usual.detachKeys : FlagValue("--detach-keys", detachKeys).detachKeys()
        return Values(detachKeys: keys, signalProxy: signalProxy)
    }
}
