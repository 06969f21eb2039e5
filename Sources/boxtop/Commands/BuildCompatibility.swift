import ArgumentParser
import Flags

/// What scripts for docker say, and changes nothing in the image: what holds anyhow is taken without a word, what they may
/// miss is said.
struct BuildCompatibility: ParsableArguments {
    @Flag(name: .customLong("rm"), help: "The containers of RUN are always removed: for scripts that say so.")
    var removes = false
    @Flag(name: .customLong("force-rm"), help: "The same.")
    var removesAlways = false
    @Flag(name: .long, help: "The image is always in the store: for scripts that say so.")
    var load = false
    @Flag(name: .long, help: "The folder is not sent anywhere: for scripts that say so.")
    var compress = false
    @Flag(
        name: .customLong("disable-content-trust"), inversion: .prefixedNo,
        help: "No signature of an image is asked for: for scripts that say so.")
    var disableContentTrust = true
    @Option(name: .long, help: "default: there is no other. For scripts that say it.")
    var isolation: String?
    @Option(name: .long, help: "default: any other name means the same builder.")
    var builder: String?
    @Option(name: .customLong("cache-from"), help: "Nothing: the cache is this host's. For scripts that say it.")
    var cacheSources: [String] = []
    @Option(name: .customLong("cache-to"), help: "Nothing but a word: the cache is this host's.")
    var cacheTargets: [String] = []
    @Option(name: .long, help: "false. What asks for an account of how it was built gets a word, and none.")
    var provenance: String?
    @Option(name: .long, help: "The same of what is in it.")
    var sbom: String?
    @Option(name: .long, help: "The same of either.")
    var attest: [String] = []
    @Option(name: .customLong("security-opt"), help: "Nothing but a word: RUN is confined as run is.")
    var security: [String] = []
    @Option(name: .customLong("cgroup-parent"), help: "Nothing but a word: RUN is where all containers are.")
    var cgroupParent: String?
    @Flag(name: .long, help: "Nothing but a word: the image has a layer for each step that has written something.")
    var squash = false
    @Option(name: .long, help: "Refused: no agent is passed on to RUN.")
    var ssh: [String] = []

    func validate() throws {
        if let isolation = isolation.given, isolation != "default" {
            throw ValidationError("--isolation \(isolation) is not there: nothing but default is")
        }
        guard disableContentTrust else {
            throw ValidationError("--disable-content-trust=false is not done here: no signatures are checked")
        }
        guard ssh.isEmpty else {
            throw ValidationError(
                "--ssh is not done here, since no agent is passed on: give a key with --secret id=NAME,src=FILE, and "
                    + "RUN --mount=type=secret,id=NAME")
        }
    }

    /// What of it is left undone, a sentence each.
    var undone: [String] {
        var asked = attest.filter { !$0.contains("disabled=true") }.map { "--attest \($0)" }
        for (name, value) in [("--provenance", provenance.given), ("--sbom", sbom.given)] {
            if let value, value != "false", value != "0" { asked.append("\(name)=\(value)") }
        }
        var sentences = asked.map { "\($0) is not done here: the image has no attestations" }
        for target in cacheTargets where target != "type=inline" && !target.isEmpty {
            sentences.append("--cache-to \(target) is not done here: the cache is this host's")
        }
        if let builder = builder.given, builder != BuilderInspect.usual {
            sentences.append("--builder \(builder): there is one builder here, and it is used")
        }
        for option in security {
            sentences.append("--security-opt \(option) is not done here: RUN is confined as run is")
        }
        if let parent = cgroupParent.given {
            sentences.append("--cgroup-parent \(parent) is not done here: RUN is in a group beside all containers'")
        }
        if squash { sentences.append("--squash is not done here: build in one stage, and COPY --from=it into another") }
        return sentences
    }
}
