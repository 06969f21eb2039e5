import Containers
import JSON
import Records
import Rendering

/// Where a container's own files lie on the host, by docker's names.
extension ContainerInspection {
    /// The file of the host that stands at `destination` in the container: `/etc/hosts`.
    func source(of destination: String) -> String {
        mounts.first { $0.destination == destination && $0.kind == "bind" }?.source ?? ""
    }

    /// What docker calls GraphDriver: the folders that its root file system is made of.
    var dockerRoot: JSONValue {
        guard case .layers(let lower, let upper, let work) = record.rootfs else {
            return .of([("Name", .string("none")), ("Data", .map([]))])
        }
        return .of([
            ("Name", .string("overlay2")),
            (
                "Data",
                .of([
                    ("LowerDir", .string(lower.joined(separator: ":"))), ("UpperDir", .string(upper)),
                    ("WorkDir", .string(work)),
                ])
            ),
        ])
    }
}
