import JSON

extension ImageConfiguration.Process {
    /// Read by hand where it has no more than most have: see `Node`.
    package init(reading node: Node) throws(JSONError) {
        guard node.hasOnly("User Env Entrypoint Cmd WorkingDir Labels StopSignal") else {
            self = try node.decode(Self.self)
            return
        }
        self.init()
        user = try node.string("User")
        env = try node.optionalStrings("Env")
        entrypoint = try node.optionalStrings("Entrypoint")
        cmd = try node.optionalStrings("Cmd")
        workingDir = try node.string("WorkingDir")
        labels = try node.optionalTable("Labels")
        stopSignal = try node.string("StopSignal")
    }
}
