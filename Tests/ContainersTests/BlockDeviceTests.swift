import CLinux
import Cgroups
import Glibc
import Linux
import TestSupport
import Testing

@testable import Containers

/// Rates of a disk with a partition: a loop device of the test's own, which the kernel is told to have one.
@Suite(.serialized, .enabled(if: LoopDisk.obstacle == nil, Comment(rawValue: LoopDisk.obstacle ?? "")))
struct BlockDeviceTests {
    @Test func `a partition stands for its whole disk, and the rates of both are one entry`() throws {
        let disk = try LoopDisk()
        let whole = try BlockDevice.number(disk.path)
        #expect(DeviceNumber.split(disk.partition) != whole)
        #expect(try BlockDevice.number(disk.partitionPath) == whole)
        let rates = try BlockDevice.merge(
            [
                .init(.readBytes, path: disk.path, rate: 1 << 20),
                .init(.writeOperations, path: disk.partitionPath, rate: 100),
                .init(.readOperations, path: disk.partitionPath, rate: 7),
                .init(.writeBytes, path: disk.path, rate: 5), .init(.writeBytes, path: disk.path, rate: 0),
            ], into: [DeviceRate(major: 1, minor: 2)])
        var expected = DeviceRate(major: whole.major, minor: whole.minor)
        (expected.readBytes, expected.writeOperations, expected.readOperations) = (1 << 20, 100, 7)
        #expect(rates == [DeviceRate(major: 1, minor: 2), expected])
    }

    @Test func `what is no disk is refused with the reason`() {
        #expect(throws: ContainerError(.notFound, "cannot limit /dev/not-there: no such file or directory")) {
            try BlockDevice.number("/dev/not-there")
        }
        #expect(
            throws: ContainerError(.invalid, "cannot limit /dev/null: it is not a block device (lsblk lists them)")
        ) { try BlockDevice.number("/dev/null") }
    }
}

/// A file of 8 MiB as a disk, with one partition of half its size; gone with the value.
private final class LoopDisk {
    /// The disk, and its partition as a file of the test's own: nobody watches here who would make one in /dev.
    let path: String
    let partitionPath: String
    let partition: dev_t
    private let folder: TemporaryFolder

    private static let path = "PATH=$PATH:/usr/sbin:/sbin"

    static let obstacle: String? = {
        if geteuid() != 0 { return "only root makes disks" }
        for program in ["losetup", "addpart", "delpart"] where Command.status("\(path); command -v \(program)") != 0 {
            return "needs \(program) of util-linux"
        }
        return Command.status("\(path); losetup -f") == 0 ? nil : "there is no loop device here"
    }()

    init() throws {
        folder = try TemporaryFolder()
        let file = "\(folder.path)/disk"
        path = Command.output("\(Self.path); truncate -s 8M \(file) && losetup -f --show \(file) | tr -d '\\n'")
        partitionPath = "\(folder.path)/partition"
        let name = path.split(separator: "/").last ?? ""
        let made = Command.status("\(Self.path); addpart \(path) 1 2048 8192") == 0
        let text = Files.text("/sys/block/\(name)/\(name)p1/dev") ?? ""
        let number = text.split { $0 == ":" || $0 == "\n" }.compactMap { UInt32($0) }
        guard made, number.count == 2 else {
            Command.status("\(Self.path); losetup -d \(path)")
            throw SystemCallError("make a partition of", path, errno: .noSuchDevice)
        }
        partition = gnu_dev_makedev(number[0], number[1])
        mknod(partitionPath, S_IFBLK | 0o600, partition)
    }

    deinit { Command.status("\(Self.path); delpart \(path) 1; losetup -d \(path)") }
}
