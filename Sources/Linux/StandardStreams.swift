import Glibc

/// Standard input, output and error.
package enum StandardStreams {
    /// Has those that are closed lead nowhere: else the next file that is opened would get the number of one, and what is
    /// said there would be written into that file, or the file be a program's.
    package static func open() {
        var number = Glibc.open("/dev/null", O_RDWR)
        while number >= 0 && number < 3 { number = Glibc.open("/dev/null", O_RDWR) }
        close(number)
    }
}
