import Linux
import OCI

/// What the dynamic loader reads of a program or a shared library: System V ABI, "Object Files" and "Dynamic Linking".
///
/// Made from files that may be anything: `nil` for what is no ELF file, an error for one that is broken.
package struct ELFFile: Hashable, Sendable {
    /// 32 or 64.
    package let bits: Int
    /// `e_machine`.
    package let machine: UInt16
    package let isLittleEndian: Bool
    /// Whether it can be run: an executable, or a position-independent one, which has an interpreter or an entry.
    package let isExecutable: Bool
    /// The loader that the kernel starts in its place; absent in a static program and in most libraries.
    package internal(set) var interpreter: String?
    /// What DT_NEEDED names, in order.
    package internal(set) var needed: [String] = []
    package internal(set) var soname: String?
    /// Folders of DT_RPATH, unexpanded.
    package internal(set) var rpath: [String] = []
    /// Folders of DT_RUNPATH, unexpanded.
    package internal(set) var runpath: [String] = []
    /// DF_1_NODEFLIB: the loader is not to look in its default folders.
    package internal(set) var skipsDefaultFolders = false
    /// Whether it has a dynamic section at all.
    package internal(set) var isDynamic = false

    /// The processor in Go's words, where it is one that images are made for.
    package var architecture: String? {
        switch (machine, bits) {
        case (62, 64): "amd64"
        case (3, 32): "386"
        case (183, 64): "arm64"
        case (40, 32): "arm"
        case (243, 64): "riscv64"
        case (21, 64): isLittleEndian ? "ppc64le" : "ppc64"
        case (22, 64): "s390x"
        case (258, 64): "loong64"
        case (8, 64): isLittleEndian ? "mips64le" : "mips64"
        default: nil
        }
    }

    /// Whether the loader takes a library `other` for this: others of the same name are passed over.
    package func fits(_ other: ELFFile) -> Bool {
        bits == other.bits && machine == other.machine && isLittleEndian == other.isLittleEndian
    }

    init(bits: Int, machine: UInt16, isLittleEndian: Bool, isExecutable: Bool) {
        self.bits = bits
        self.machine = machine
        self.isLittleEndian = isLittleEndian
        self.isExecutable = isExecutable
    }

    /// Reads the ELF file in `bytes`; `nil` where they are something else.
    package static func parse(_ bytes: [UInt8], path: String) throws(ImageError) -> ELFFile? {
        try ELFParser(ByteReader(bytes), path: path)?.parse()
    }

    /// Reads the ELF file at `path`; `nil` where it is something else.
    package static func read(_ path: String) throws(ImageError) -> ELFFile? {
        let file = try system { () throws(SystemCallError) in try FileDescriptor.open(path) }
        return try ELFParser(try ByteReader(file), path: path)?.parse()
    }
}
