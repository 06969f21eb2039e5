import JSON
import Linux

/// state.json, written and read by hand: each `run` writes one and each `exec` reads one. See `ObjectText`, `Node`.
extension StateDirectory.Entry {
    var text: [UInt8] {
        var object = ObjectText()
        object.add("ociVersion", ociVersion)
        object.add("id", id)
        object.add("bundle", bundle)
        object.add("pid", UInt64(max(0, pid)))
        object.add("startTime", startTime)
        if let cgroup { object.add("cgroup", cgroup) }
        object.add("rootfs", rootfs)
        object.add("created", created.description)
        if let annotations { object.add("annotations", annotations) }
        return object.finished()
    }

    static func read(_ bytes: [UInt8]) throws(JSONError) -> Self {
        try Node.read(bytes) { node throws(JSONError) in
            guard let created = Timestamp(try node.text("created")) else {
                throw JSONError(path: "created", reason: "it is no time of RFC 3339")
            }
            let annotations = try node.object("annotations") == nil ? nil : try node.table("annotations")
            var entry = Self(
                ociVersion: try node.text("ociVersion"), id: try node.text("id"), bundle: try node.text("bundle"),
                cgroup: try node.string("cgroup"), rootfs: try node.text("rootfs"), created: created,
                annotations: annotations)
            entry.pid = try node.required("pid", node.int32("pid"))
            entry.startTime = try node.required("startTime", node.uint64("startTime"))
            return entry
        }
    }
}
