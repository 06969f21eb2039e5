/// What wait(2) tells of a process that has ended.
package enum WaitStatus {
    /// 0…255, or 128 + n when signal n ended it: what shells say.
    package static func exitCode(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}
