import CLinux
import Glibc
import Linux

extension FileDescriptor {
    /// Whether this folder is in the kernel's own account of something, as /proc and /sys are, and holds nobody's files.
    var isOfKernel: Bool {
        var status = statfs()
        guard fstatfs(number, &status) == 0 else { return false }
        return Self.kernelFileSystems.contains(Int64(status.f_type))
    }

    /// See linux/magic.h: proc, sysfs, cgroup, cgroup2, devpts, mqueue, securityfs, debugfs, tracefs, bpf.
    private static var kernelFileSystems: Set<Int64> {
        [
            0x9fa0, 0x6265_6572, 0x27_e0eb, 0x6367_7270, 0x1cd1, 0x1980_0202, 0x7363_6673, 0x6462_6720, 0x7472_6163,
            0xcafe_4a11,
        ]
    }
}
