import CLinux
import CSeccomp
import Glibc
import JSON
import Linux
import OCI

/// Filters that were compiled before: libseccomp takes 20 ms for the usual list, more than all the rest of a launch.
extension SeccompFilter {
    /// The filter for `profile`, from `folder` where it has been compiled before, else compiled and left there.
    ///
    /// A file holds all that it was made of, in front of the program: the profile, libseccomp's version, the
    /// architecture. What differs in a byte is another's and is made anew, so names may collide. A file that somebody
    /// else owns, or can write to, is not believed; the folder may be anybody's, since nobody else can make a file of
    /// one's own. `nil` for the folder, or one that cannot be written, only costs time.
    static func cached(
        _ profile: OCI.RuntimeSpec.Seccomp, in folder: String?
    ) throws(LaunchError) -> SeccompFilter? {
        guard let folder, let origin = origin(of: profile) else { return try SeccompFilter(profile) }
        let path = "\(folder)/\(name(origin))"
        if let filter = stored(at: path, origin) { return filter }
        guard let filter = try SeccompFilter(profile) else { return nil }
        try? Files.makeDirectories(folder, mode: 0o700)
        try? Files.replace(
            path, with: bytes(UInt32(origin.count)) + origin + bytes(filter.flags) + filter.instructions, mode: 0o600,
            durable: false)
        return filter
    }

    private static func stored(at path: String, _ origin: [UInt8]) -> SeccompFilter? {
        guard let file = try? FileDescriptor.open(path, flags: O_RDONLY | O_NOFOLLOW) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0,
            let whole = try? file.readAll(limit: 1 << 20)
        else { return nil }
        let head = bytes(UInt32(origin.count)) + origin
        let instructions = whole.dropFirst(head.count + 4)
        guard whole.starts(with: head), !instructions.isEmpty, instructions.count % 8 == 0 else { return nil }
        let flags = whole[head.count..<head.count + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return SeccompFilter(instructions: Array(instructions), flags: flags)
    }

    /// All that the compiled program depends on.
    private static func origin(of profile: OCI.RuntimeSpec.Seccomp) -> [UInt8]? {
        guard let text = try? JSON.encode(profile), let version = seccomp_version()?.pointee else { return nil }
        return text + Array("\(version.major).\(version.minor).\(version.micro) \(seccomp_arch_native())".utf8)
    }

    /// FNV-1a, 64 bits, in hexadecimal digits: only a place to look, what is found there is compared.
    private static func name(_ origin: [UInt8]) -> String {
        String(origin.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
