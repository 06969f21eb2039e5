extension [UInt8] {
    /// What `body` has put into room for `count` bytes, and says how many they are. Straight: as
    /// `init(unsafeUninitializedCapacity:)` asks for it, the array's type is looked up at each call.
    package init(
        upTo count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) throws(SystemCallError) -> Int
    ) throws(SystemCallError) {
        var failure: SystemCallError?
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { room in
            do throws(SystemCallError) {
                let filled = try body(room)
                return Array(UnsafeBufferPointer(rebasing: room[..<filled]))
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
    }
}
