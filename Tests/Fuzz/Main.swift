import Fuzzing
import Glibc

/// `FUZZ_TARGET` says which parser the bytes go to.
private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        puts("fuzz: FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
        exit(2)
    }
    return target
}()

/// What libFuzzer calls with each input it makes: see llvm.org/docs/LibFuzzer.html.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target.take(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// libFuzzer's loop, under the options of its command line.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ takeOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The entry that the package manager wants of a program called fuzz; libFuzzer's own `main` stays unused.
@_cdecl("fuzz_main")
public func start(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    var (count, arguments) = (count, arguments)
    return runFuzzer(&count, &arguments, takeOneInput)
}
