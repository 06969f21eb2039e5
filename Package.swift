// swift-tools-version: 6.2
import Glibc
import PackageDescription

/// The C library that this is built on, as 2.36 is (2, 36).
let glibc: (Int, Int) = {
    var name = [CChar](repeating: 0, count: 64)
    confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count)
    let numbers = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split {
        !$0.isNumber
    }.compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
}()

/// The front end starts at a random address, since it reads what strangers made: archives, answers of registries. Its
/// 45,000 relocations take 2.7 ms of each start, packed 0.5; a C library before 2.36 cannot read them packed.
let packedRelocations = glibc >= (2, 36) ? ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"] : []

let swift: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let c: [CSetting] = [.define("_GNU_SOURCE"), .enableWarning("all"), .treatAllWarnings(as: .error)]

/// A room of the product: a library target with its own tests beside it.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: [],
        swiftSettings: swift)
}

/// What a start executes and changes lies together: a third of its memory, a tenth of its time. See Benchmarks/order.
func ordered(_ program: String) -> LinkerSetting {
    let order = "\(Context.packageDirectory)/Sources/\(program)/functions.order"
    return .unsafeFlags(
        ["-Xlinker", "--symbol-ordering-file=\(order)", "-Xlinker", "--no-warn-symbol-ordering"],
        .when(configuration: .release))
}

let package = Package(
    name: "boxtop",
    products: [
        .executable(name: "boxtop", targets: ["boxtop"]),
        .executable(name: "boxtop-runtime", targets: ["boxtop-runtime"]),
    ],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")],
    targets: [
        // C, each small enough to read in one sitting.
        .target(name: "CLinux", cSettings: c),
        .target(name: "CSeal", cSettings: c),
        .target(name: "CStart", cSettings: c + [.define("CSTART_STATIC", .when(configuration: .release))]),
        .target(
            name: "CTerminal", cSettings: c + [.define("_XOPEN_SOURCE_EXTENDED")],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CJSON", providers: [.apt(["libjson-c-dev"])]),
        // These load their libraries at first use: linked, they would cost every start 1, 3 and 5 ms.
        .target(name: "CCrypto", cSettings: c),
        .target(name: "CArchive", dependencies: ["CCrypto"], cSettings: c),
        .target(name: "CNftables", cSettings: c),
        .target(name: "CNetlink", cSettings: c + [.unsafeFlags(["-I/usr/include/libnl3"])]),
        .target(name: "CCurl", dependencies: ["CCrypto"], cSettings: c),

        // What both programs share.
        room("JSON", ["CJSON", "Linux"]),
        room("Linux", ["CLinux"]),
        room("OCI", ["JSON"]),
        room("Cgroups", ["CLinux", "Linux"]),
        room("Records", ["Cgroups", "JSON", "Linux", "OCI"]),

        // The runtime core: one thread, no Foundation, static in release.
        room("RuntimeCore", ["Cgroups", "CSeccomp", "JSON", "Linux", "OCI"]),
        room("Supervision", ["CLinux", "Cgroups", "JSON", "Linux", "OCI", "Records", "RuntimeCore"]),
        .executableTarget(
            name: "boxtop-runtime",
            dependencies: [
                "CLinux", "CSeal", "CStart", "Cgroups", "JSON", "Linux", "OCI", "Records", "RuntimeCore", "Supervision",
            ],
            exclude: ["functions.order"], swiftSettings: swift,
            linkerSettings: [
                .unsafeFlags(["-static-executable", "-use-ld=lld"], .when(configuration: .release)),
                // The seal comes before the C library: see CSeal.c.
                .unsafeFlags(["-Xlinker", "--entry=cseal_entry"], .when(configuration: .release)),
                ordered("boxtop-runtime"),
            ]),

        // The front end.
        room("Monitoring", ["Cgroups", "Linux", "Records"]),
        room("Images", ["CArchive", "CCrypto", "CCurl", "CLinux", "JSON", "Linux", "OCI"]),
        room("Networking", ["CLinux", "CNetlink", "Cgroups", "CNftables", "JSON", "Linux", "Records"]),
        room(
            "Containers",
            ["CLinux", "Cgroups", "Images", "JSON", "Linux", "Monitoring", "Networking", "OCI", "Records"]),
        room("Builds", ["CLinux", "Containers", "Images", "JSON", "Linux", "OCI", "Records"]),
        room("TerminalKit", ["CTerminal"]),
        room("Dashboard", ["Monitoring", "TerminalKit"]),
        room("Flags", ["Containers", "Images", "Linux", "OCI", "Records"]),
        room("Rendering", ["Cgroups", "JSON", "Linux", "Monitoring", "Records", "TerminalKit"]),
        .executableTarget(
            name: "boxtop",
            dependencies: [
                "Builds", "CLinux", "CStart", "CTerminal", "Cgroups", "Containers", "Dashboard", "Flags", "Images",
                "JSON", "Linux", "Monitoring", "Networking", "OCI", "Records", "Rendering", "TerminalKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Archives", "functions.order"], swiftSettings: swift,
            linkerSettings: [
                .unsafeFlags(["-use-ld=lld"] + packedRelocations, .when(configuration: .release)),
                ordered("boxtop"),
                // Archives in place of five shared objects: half the time of a start.
                .unsafeFlags(["-L\(Context.packageDirectory)/Sources/boxtop/Archives"], .when(configuration: .release)),
            ]),

        // What the gauges cost: `make bench ONLY=sweep`.
        .executableTarget(
            name: "sweep-benchmark",
            dependencies: ["Cgroups", "Containers", "JSON", "Linux", "Monitoring", "Records"],
            path: "Benchmarks/Sweep", swiftSettings: swift),

        // Every MUST of the OCI runtime specification, tried on any runtime: `swift run conformance runc boxtop-runtime`.
        .executableTarget(
            name: "conformance", dependencies: ["CLinux", "JSON", "Linux"], path: "Tests/Conformance",
            swiftSettings: swift),

        // How patient the tests of real processes are.
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: swift),
        tests(of: "Builds", ["Images", "Linux", "OCI"]),
        tests(of: "Containers", ["CLinux", "Cgroups", "JSON", "Linux", "OCI", "Records", "TestSupport"]),
        tests(of: "JSON"),
        tests(of: "OCI", ["JSON"]),
        tests(of: "RuntimeCore", ["Cgroups", "JSON", "Linux", "OCI", "TestSupport"]),
        tests(of: "Images", ["CLinux", "JSON", "Linux", "OCI", "TestSupport"]),
        tests(of: "Linux"),
        tests(of: "TerminalKit", ["CTerminal"]),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Cgroups", "Dashboard", "Linux", "Monitoring", "Records", "TerminalKit"],
            exclude: ["Snapshots"], swiftSettings: swift),
        // The real program in a real terminal, through tmux; skipped with a reason where there is none.
        .testTarget(
            name: "ScreenTests", dependencies: ["Dashboard", "Linux", "TestSupport", "boxtop"], swiftSettings: swift),
        tests(of: "Cgroups", ["Linux", "TestSupport"]),
        tests(of: "Monitoring", ["Cgroups", "Linux"]),
        tests(of: "Networking", ["JSON", "Linux", "Records"]),
        tests(of: "Flags", ["Containers", "Linux", "Records"]),
        tests(of: "Records", ["Cgroups", "JSON", "Linux", "TestSupport"]),
        tests(of: "Rendering", ["Cgroups", "JSON", "Linux", "Monitoring", "Records"]),
        tests(of: "Supervision", ["Linux", "Records"]),
        // Parsers of data from outside, as a fuzzer sees them: `make fuzz`. The kept inputs are a test of every run.
        .target(
            name: "Fuzzing",
            dependencies: [
                "Builds", "Cgroups", "Containers", "Dashboard", "Flags", "Images", "JSON", "Linux", "Monitoring",
                "Networking", "OCI", "Records", "Rendering", "RuntimeCore", "TerminalKit",
            ],
            path: "Tests/Fuzzing", swiftSettings: swift),
        tests(of: "Fuzzing", ["Linux"]),
        // Random histories with faults in them: `make test-faults`.
        .testTarget(
            name: "FaultTests", dependencies: ["JSON", "Linux", "Records", "TestSupport", "boxtop", "boxtop-runtime"],
            swiftSettings: swift),
        // Real containers, as root; skipped with a reason elsewhere.
        .testTarget(
            name: "HostTests",
            dependencies: [
                "Cgroups", "Containers", "Images", "JSON", "Linux", "OCI", "Records", "TestSupport", "boxtop",
                "boxtop-runtime", "conformance",
            ], exclude: ["hostile.c"],
            swiftSettings: swift),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings a main function of its own, so the program exists only where its flags do: see .ci/fuzz.
if Context.environment["BOXTOP_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz",
            swiftSettings: swift + [.unsafeFlags(["-parse-as-library"])]))
}

// Sanitizers watch the suites that need neither root nor a terminal, and nothing else is built for them: see
// .ci/test-sanitizers.
if Context.environment["BOXTOP_UNIT_TESTS"] != nil {
    let others = [
        "boxtop", "boxtop-runtime", "conformance", "sweep-benchmark", "FaultTests", "HostTests", "ScreenTests",
    ]
    package.targets.removeAll { others.contains($0.name) }
    package.products = []
}
