/// Docker's verbs that boxtop has not, each with what there is in its place.
enum AbsentVerb {
    /// Why `name` is not there, as a sentence; `nil` for what is no verb of docker's either.
    static func sentence(for name: String) -> String? {
        switch name {
        case "compose":
            "there is no compose here: start each service with 'boxtop run -d --name SERVICE --network NAME', and they "
                + "find each other by name"
        case "swarm", "stack", "service", "node", "secret", "config":
            "there is no \(name) here, since boxtop runs containers on this host alone: 'boxtop run -d --restart always' "
                + "keeps one running"
        case "context":
            "there is no context here, since no daemon is asked: boxtop works on this host, in the places that --state "
                + "and --run name"
        case "search":
            "there is no search here, since registries have no way to ask that all of them know: 'boxtop pull NAME' says "
                + "whether there is such an image"
        case "trust":
            "there is no trust here: cosign says who has signed an image, and a name with its @sha256: digest is that image "
                + "and no other"
        case "manifest annotate", "manifest create", "manifest push", "manifest rm":
            "there is no \(name) here, since boxtop makes images for this machine's platform alone: 'boxtop push' gives "
                + "each a name of its own"
        case "plugin", "checkpoint":
            "there is no \(name) here: what boxtop can do on this host, 'boxtop info' says"
        case "buildx bake", "builder bake":
            "there is no bake here: build each target with 'boxtop build --target TARGET -t NAME FOLDER'"
        default: nil
        }
    }
}
