extension FixedWidthInteger {
    /// Its bytes as they lie in memory, for what the kernel and the loader read.
    package var nativeBytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
