import CLinux
import Glibc
import Linux

extension Cgroup {
    /// The controller that `filterDevices` needs: made with the others it costs half of what joining it later does.
    /// None where the kernel takes a program in its place.
    package var deviceController: Controllers { hierarchy.unified == nil ? [.devices] : [] }

    /// Lets the group's processes use only the devices that `rules` allow, instead of what was allowed before.
    ///
    /// In a v2 tree, also one beside v1, this is an eBPF program attached to the group; where the kernel takes none,
    /// it is v1's devices controller. Call it before the first process runs.
    package func filterDevices(_ rules: [DeviceRule]) throws(CgroupError) {
        var refusal: SystemCallError?
        if let group = try descriptor() {
            do throws(SystemCallError) { return try attach(DeviceProgram(rules), to: group) } catch { refusal = error }
        }
        guard self.directory(of: .devices) != nil else {
            if let refusal { throw .system(refusal) }
            throw .missing(.devices, remedy: hierarchy.remedy(for: .devices))
        }
        let list = try DeviceList(rules)
        let directory = try join(.devices)
        func write(_ writes: ArraySlice<(file: String, value: String)>) throws(CgroupError) {
            guard let file = writes.first?.file else { return }
            try directory.limit(
                "devices", writes.map { $0.value }, to: file,
                reasons: [.notPermitted: "a group above it may not use the device itself"])
        }
        // The exceptions are all of one file, opened once.
        try write(list.writes.prefix(1))
        try write(list.writes.dropFirst())
    }

    private func attach(
        _ program: DeviceProgram, to group: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let folder = group.number
        let loaded = FileDescriptor(
            owning: try systemCall("load a device filter") {
                program.instructions.withUnsafeBufferPointer {
                    clinux_bpf_load_device_filter($0.baseAddress, UInt32($0.count))
                }
            })
        var old: [UInt32] = []
        try systemCall("ask for the device filters of", unifiedFolder) {
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { ids in
                let count = clinux_bpf_device_filters(folder, ids.baseAddress, UInt32(ids.count))
                for id in ids.prefix(max(0, Int(count))) { old.append(id) }
                return count
            }
        }
        // All attached programs must allow: the new one is there before the old go, so that no moment is without.
        let new = loaded.number
        try systemCall("attach a device filter to", unifiedFolder) { clinux_bpf_attach_device_filter(folder, new) }
        for id in old {
            let program = FileDescriptor(owning: try systemCall("open a device filter") { clinux_bpf_program(id) })
            let number = program.number
            try systemCall("detach a device filter from", unifiedFolder) {
                clinux_bpf_detach_device_filter(folder, number)
            }
        }
    }
}
