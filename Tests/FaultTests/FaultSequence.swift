import Glibc
import JSON
import Linux
import Records
import TestSupport

/// One history of a few containers: operations and faults in an order that the seed alone decides.
struct FaultSequence {
    enum Fault: String, CaseIterable {
        case none, killFrontEnd, killSupervisor, killProcess, powerCut, fullDisk
    }

    /// What was not as the model says.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let place: FaultPlace
    private var random: Seeded
    private var model: [String: Set<Possible>] = [:]
    /// Containers that are removed at their end: that is not waited for to reach the disk, unless a person has asked
    /// for it, so the power may bring them back.
    private var unflushed: [String: Set<Possible>] = [:]
    /// Containers that were first started on a full disk: they run, and no disk says so.
    private var unrecorded: Set<String> = []
    /// A supervisor was killed: what its container's end was to remove may stay until somebody clears up.
    private var hasOrphans = false
    /// What was done, for whoever looks for the reason of a failure.
    private(set) var history: [String] = []
    private static let names = ["ash", "birch", "cedar"]

    init(seed: UInt64) throws {
        place = try FaultPlace()
        random = Seeded(seed: seed)
    }

    /// - Parameter length: how many operations.
    mutating func run(length: Int) throws {
        for _ in 0..<length { try step() }
        for name in Self.names { try perform(Operation(verb: .remove, name: name, memory: 0), under: .none) }
        try checkNothingIsLeft()
    }

    private mutating func step() throws {
        // What would only be refused is seldom asked for: it shows little.
        var operation = anyOperation()
        for _ in 0..<4 where (model[operation.name] ?? [.absent]).allSatisfy({ $0.steps(of: operation).isEmpty }) {
            operation = anyOperation()
        }
        // Half of all steps have no fault: one that finds nothing to break shows little.
        let fault = Bool.random(using: &random) ? Fault.none : Fault.allCases.randomElement(using: &random) ?? .none
        try perform(operation, under: fault)
    }

    private mutating func anyOperation() -> Operation {
        Operation(
            verb: Operation.Verb.allCases.randomElement(using: &random) ?? .create,
            name: Self.names.randomElement(using: &random) ?? "", memory: Int.random(in: 8...64, using: &random))
    }

    // MARK: One step

    private mutating func perform(_ operation: Operation, under fault: Fault) throws {
        let delay = UInt32.random(in: 0..<60_000, using: &random)
        history.append("\(operation), \(fault.rawValue)\(fault == .none ? "" : " after \(delay / 1_000) ms")")
        if fault == .fullDisk { place.fillDisk() }
        let process = place.start(operation.arguments(rootfs: place.rootfs))
        if fault != .none && fault != .fullDisk { usleep(delay) }
        let hit = try strike(fault, process)
        let code = place.wait(for: process)
        // A supervisor that was just begun is none in /proc until it is executed, and nobody waits for that any more.
        if fault == .killFrontEnd { usleep(100_000) }
        let outcome: Outcome = code == 0 ? .acknowledged : code == nil ? .unknown : .refused
        history.append("  \(outcome) \(place.complaint.split(separator: "\n").first.map(String.init) ?? "")")
        // A process that was struck while the operation went on may be the one that it acted on.
        if operation.verb == .remove && outcome == .acknowledged { unflushed[operation.name] = nil }
        if fault == .fullDisk && [.run, .start].contains(operation.verb) { unrecorded.insert(operation.name) }
        account(for: operation, outcome, isSound: fault == .none, struck: hit)
        if fault == .fullDisk { place.emptyDisk() }
        if fault == .powerCut {
            try place.reboot()
            model = model.mapValues { $0.reduce(into: []) { $0.formUnion($1.afterPowerCut) } }
            for (name, removed) in unflushed where model[name]?.contains(.absent) == true {
                for one in removed { model[name]?.formUnion([one.with(.exited), one.with(.created)]) }
            }
            for name in unrecorded {
                for one in model[name] ?? [] where one.status == .exited { model[name]?.insert(one.with(.created)) }
            }
            (unflushed, unrecorded) = ([:], [])
        }
        try settle()
    }

    /// Brings the fault about. Returns the name of the container whose process was killed.
    private mutating func strike(_ fault: Fault, _ process: pid_t) throws -> String? {
        switch fault {
        case .none, .fullDisk: break
        case .killFrontEnd: kill(process, SIGKILL)
        case .powerCut:
            // Nobody hears an answer that is given after the cut: whoever has not ended before it, does with it.
            kill(process, SIGSTOP)
            try place.cutPower()
            kill(process, SIGKILL)
        case .killSupervisor:
            guard let victim = place.supervisors().randomElement(using: &random) else { break }
            kill(victim.pid, SIGKILL)
            hasOrphans = true
        case .killProcess:
            let groups = place.groups().filter { $0.contains("/pids/") || !$0.contains("/unified/") }
            guard let group = groups.randomElement(using: &random), let id = group.split(separator: "/").last else {
                break
            }
            let members = Self.members(of: group)
            for pid in members { kill(pid, SIGKILL) }
            // On a busy machine they take a while, in which they count as living. Those of a frozen group stay.
            for _ in 0..<500 where !Self.members(of: group).isDisjoint(with: members) { usleep(1_000) }
            return members.isEmpty ? nil : String(id)
        }
        return nil
    }

    private static func members(of group: String) -> Set<Int32> {
        Set((Files.text("\(group)/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) })
    }

    private mutating func account(for operation: Operation, _ outcome: Outcome, isSound: Bool, struck: String?) {
        let before = model[operation.name] ?? [.absent]
        var after = before.after(operation, outcome, isSound: isSound)
        if struck != nil {
            // Which of them it hit shows in the list; all may have.
            after.formUnion(before.orEnded(orphaned: hasOrphans).after(operation, outcome, isSound: false))
            for name in Self.names { model[name] = (model[name] ?? [.absent]).orEnded(orphaned: hasOrphans) }
            after = after.orEnded(orphaned: hasOrphans)
        }
        if hasOrphans && after.contains(.absent) {
            for one in before where one.once && one.ended == .absent { after.insert(one.with(.exited)) }
        }
        model[operation.name] = after
    }

    // MARK: What is there

    /// Waits until what is seen is something that the model holds possible, and takes it for true.
    private mutating func settle() throws {
        let start = MonotonicTime.now
        var fault = "nothing was seen"
        while MonotonicTime.now.seconds(since: start) < 10 * patience {
            switch try look() {
            case .success(let seen):
                for name in Self.names {
                    model[name] = [seen[name] ?? .absent]
                    if let container = seen[name], container.once { unflushed[name, default: []].insert(container) }
                }
                return
            case .failure(let broken): fault = broken.description
            }
            usleep(50_000)
        }
        let found = Command.output(
            "ls -la \(place.layout.containers) \(place.layout.containers)/*; df \(place.folder)/disk")
        throw Broken(description: "\(fault)\nps said: \(place.complaint)\n\(found)")
    }

    private func look() throws -> Result<[String: Possible], Broken> {
        let code = place.wait(for: place.start(["ps", "-a", "--no-trunc", "--format", "json"]))
        guard code == 0 else { return .failure(Broken(description: "ps ended with \(code ?? -1): \(place.complaint)")) }
        let rows = try JSON.decode([Row].self, from: place.said)
        var seen: [String: Possible] = [:]
        for row in rows {
            guard let status = Possible.Status(rawValue: row.state), seen[row.name] == nil else {
                return .failure(Broken(description: "\(row.name) is \(row.state), or twice in the list"))
            }
            let known = model[row.name]?.first { $0.status == status && $0.memory == row.mebibytes }
            seen[row.name] = Possible(status: status, memory: row.mebibytes, once: known?.once ?? false)
        }
        for name in Self.names {
            let possible = model[name] ?? [.absent]
            guard possible.contains(seen[name] ?? .absent) else {
                let wanted = possible.map(\.description).sorted().joined(separator: " or ")
                return .failure(
                    Broken(
                        description:
                            "\(name) is \(seen[name] ?? .absent), and should be \(wanted.isEmpty ? "refused" : wanted)")
                )
            }
        }
        // Of a process that was just killed its supervisor may not have heard yet.
        let living = place.living()
        if let row = rows.first(where: { $0.isAlive && !living.contains($0.id) }) {
            return .failure(Broken(description: "\(row.name) is \(row.state), and nothing runs in it"))
        }
        let supervisors = place.supervisors().map(\.id)
        for row in rows {
            let count = supervisors.count { $0 == row.id }
            // One that was killed is replaced when it is next needed.
            if count > 1 || (count > 0 && !row.isAlive) {
                return .failure(Broken(description: "\(row.name), \(row.state), has \(count) supervisors"))
            }
        }
        if let stray = supervisors.first(where: { id in !rows.contains { $0.id == id } }) {
            return .failure(Broken(description: "\(stray) is not in the list, and has a supervisor"))
        }
        return .success(seen)
    }

    /// The keys of `ps` that docs/json.md promises.
    private struct Row: Decodable {
        struct Limits: Decodable { var memory: UInt64? }

        var id: String
        var name: String
        var state: String
        var limits: Limits

        var isAlive: Bool { state == "running" || state == "paused" }
        var mebibytes: Int { Int((limits.memory ?? 0) >> 20) }
    }

    private func checkNothingIsLeft() throws {
        // What a crash has left is swept by the next container that is made.
        _ = place.wait(for: place.start(["create", "--name", "last", "--rootfs", place.rootfs, "/bin/busybox"]))
        _ = place.wait(for: place.start(["prune", "-f"]))
        let start = MonotonicTime.now
        var left: [String] = []
        while MonotonicTime.now.seconds(since: start) < 10 * patience {
            left = place.groups() + place.processes().map { $0.words.joined(separator: " ") }
            for folder in [
                place.layout.containers, place.layout.names, place.layout.idRanges, "\(place.layout.state)/building",
            ] {
                left += ((try? Files.names(in: folder)) ?? []).map { "\(folder)/\($0)" }
            }
            left += ((try? Files.names(in: place.layout.run)) ?? []).filter { $0.utf8.count == 64 }
            if left.isEmpty { return }
            usleep(50_000)
        }
        throw Broken(description: "left: \(left.joined(separator: ", "))")
    }
}

/// The same numbers for the same seed: SplitMix64.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
