import CLinux
import Linux

/// SIGHUP, SIGINT or SIGTERM during a launch: whatever the launch waits for is killed, so that it fails and clears up
/// as for any other reason. Only in a program that has asked for that.
package enum Interruption {
    package static func begin() { clinux_interruption_begin() }

    /// What is begun from now on, such as the hooks of the end, is not killed.
    package static func end() { clinux_interruption_end() }

    /// The signal that has come since.
    package static var signal: Int32? {
        let number = clinux_interruption()
        return number == 0 ? nil : number
    }

    /// Who is waited for.
    enum Role: Int32 { case container, program }

    static func watch(_ process: borrowing FileDescriptor, as role: Role) {
        clinux_interruption_target(role.rawValue, process.number)
    }

    static func forget(_ role: Role) { clinux_interruption_target(role.rawValue, -1) }
}
