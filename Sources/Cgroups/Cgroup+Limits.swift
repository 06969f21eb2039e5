extension Cgroup {
    /// Makes `limits` the group's limits: writes what differs from `old`, in an order that the kernel accepts, and
    /// lifts what is `nil` now.
    ///
    /// A limit on a v1 controller that the group has not joined joins it. What the kernel refuses throws; limits
    /// written before it stay.
    ///
    /// - Parameter old: what the group has now. `Limits()` for one just made; `nil` asks the kernel.
    package func apply(_ limits: Limits, replacing old: Limits? = nil) throws(CgroupError) {
        let old = old ?? self.limits()
        try CPU.write(limits, replacing: old, to: self)
        try CPUSet.write(limits, replacing: old, to: self)
        try Memory.write(limits, replacing: old, to: self)
        try PIDs.write(limits, replacing: old, to: self)
        try BlockIO.write(limits, replacing: old, to: self)
    }

    /// The limits that the kernel has now, read back. A controller that is not there, or that the group has not
    /// joined, limits nothing.
    package func limits() -> Limits {
        var limits = Limits()
        if let directory = directory(of: .cpu) { CPU.read(&limits, from: directory) }
        if let directory = directory(of: .cpuset) { CPUSet.read(&limits, from: directory) }
        if let directory = directory(of: .memory) { Memory.read(&limits, from: directory) }
        if let directory = directory(of: .pids) { PIDs.read(&limits, from: directory) }
        if let directory = directory(of: .io) { BlockIO.read(&limits, from: directory) }
        return limits
    }

    /// The folder to write a limit of `controller` to: joined first if it is not, unless the limit is being lifted,
    /// when there is nothing to lift.
    func directory(of controller: Controller, lifting: Bool) throws(CgroupError) -> Directory? {
        if lifting {
            guard let directory = directory(of: controller), directory.exists else { return nil }
            return directory
        }
        return try join(controller)
    }
}
