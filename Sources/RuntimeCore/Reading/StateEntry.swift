import JSON
import Linux

/// state.json, written and read by hand: each `run` writes one and each `exec` reads one. See `JSONText`, `Node`.
extension StateDirectory.Entry {
    var text: [UInt8] {
        JSONText.object { text in
            text.string("ociVersion", ociVersion)
            text.string("id", id)
            text.string("bundle", bundle)
            text.number("pid", max(0, pid))
            text.number("startTime", startTime)
            text.string("cgroup", cgroup)
            if sharesGroup { text.bool("sharesGroup", true) }
            if !ownKeyring { text.bool("noNewKeyring", true) }
            text.string("rootfs", rootfs)
            text.string("created", created.description)
            if let annotations { text.table("annotations", annotations) }
        }
    }

    static func read(_ bytes: [UInt8]) throws(JSONError) -> Self {
        try Node.read(bytes) { node throws(JSONError) in
            guard let created = Timestamp(try node.text("created")) else {
                throw JSONError(path: "created", reason: "it is no time of RFC 3339")
            }
            var entry = Self(
                ociVersion: try node.text("ociVersion"), id: try node.text("id"), bundle: try node.text("bundle"),
                cgroup: try node.string("cgroup"), rootfs: try node.text("rootfs"), created: created,
                annotations: try node.optionalTable("annotations"))
            entry.sharesGroup = try node.bool("sharesGroup")
            entry.ownKeyring = try !node.bool("noNewKeyring")
            entry.pid = try node.required("pid", node.int32("pid"))
            entry.startTime = try node.required("startTime", node.uint64("startTime"))
            return entry
        }
    }
}
