import Glibc

/// Network devices and memory policy of config-linux.md, both new in version 1.3.
extension Case {
    static let networkDevices: [Case] = [
        about("The runtime MUST set the network device state to \"up\" after moving it.") { t, name in
            t.config["linux.netDevices"] = [name: [:]]
            let outcome = try t.run("ip link show \(name)")
            try t.expect(outcome.output.contains(",UP"), outcome.output + outcome.errors)
        },
        about(
            "The runtime MUST preserve existing network interface attributes, including all permanent IP addresses of any family with global scope."
        ) { t, name in
            try host("ip addr add 10.199.7.1/24 dev \(name)")
            try host("ip addr add fd00:99:7::1/64 dev \(name)")
            try host("ip link set \(name) address 02:00:00:00:07:01 mtu 1400")
            t.config["linux.netDevices"] = [name: ["name": "data0"]]
            let outcome = try t.run("ip addr show data0")
            for kept in ["10.199.7.1/24", "fd00:99:7::1/64", "02:00:00:00:07:01", "mtu 1400"] {
                try t.expect(outcome.output.contains(kept), "without \(kept): \(outcome.output)\(outcome.errors)")
            }
        },
        about(
            "If a network device with the specified name already exists in the container namespace, the runtime MUST generate an error."
        ) { t, name in
            t.config["linux.netDevices"] = [name: ["name": "lo"]]
            try t.refused()
        },
        about("The runtime MUST allow the move, and the kernel will generate a unique name.") { t, name in
            t.config["linux.netDevices"] = [name: ["name": "data%d"]]
            try t.prints("data0", "cd /sys/class/net; ls | grep data")
        },
        about("The runtime MUST check if moving the network interface to the container namespace is possible.") {
            t, name in
            t.config["linux.netDevices"] = ["\(name)none": [:]]
            try t.refused()
            t.config["linux.netDevices"] = [name: [:]]
            let others = (t.config["linux.namespaces"]?.items ?? []).filter { $0["type"] != "network" }
            t.config["linux.namespaces"] = .list(others)
            try t.refused()
        },
        Case("config-linux.md", "memoryPolicy sets the NUMA memory policy for the container.") { t in
            if access("/sys/devices/system/node/node0", F_OK) != 0 {
                throw Trial.Skipped(description: "this kernel knows no memory nodes")
            }
            t.config["linux.memoryPolicy"] = ["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]]
            try t.prints("bind=static:0", "head -n 1 /proc/self/numa_maps | cut -d ' ' -f 2")
            t.config["linux.memoryPolicy"] = ["mode": "MPOL_NONE"]
            try t.refused()
        },
    ]

    /// With a device of the host, one end of a cable.
    private static func about(_ sentence: String, _ body: @escaping @Sendable (Trial, String) throws -> Void) -> Case {
        Case("config-linux.md", sentence) { t in
            let name = "btn-c\(getpid() % 100_000)"
            try host("ip link add \(name) type veth peer name \(name)x")
            defer { try? host("ip link del \(name)x") }
            try body(t, name)
        }
    }

    private static func host(_ command: String) throws {
        if system("\(command) 2>/dev/null") != 0 {
            throw Trial.Skipped(description: "no device can be made here: \(command)")
        }
    }
}
