import Cgroups
import Linux
import Monitoring
import Records

extension DemoContainer {
    /// The nine that the dashboard was designed with: something of every kind.
    static func cast(at now: Timestamp) -> [DemoContainer] {
        func ago(_ seconds: UInt64) -> Timestamp { Timestamp(nanoseconds: now.nanoseconds - seconds * 1_000_000_000) }
        func running(_ seconds: UInt64) -> Running {
            Running(process: ProcessIdentity(pid: 4_001, startTime: 1), started: ago(seconds))
        }
        func make(
            _ name: String, _ image: String, _ status: Status, cpu: (Double, Double), memory: (UInt64, UInt64?),
            tasks: (UInt64, UInt64), rates: (Double, Double, Double, Double) = (0, 0, 0, 0), restarts: Int = 0
        ) -> DemoContainer {
            var reading = ContainerReading(
                id: identifier(name), name: name, image: image,
                command: ["/usr/bin/\(image.prefix { $0 != ":" })", "--config", "/etc/\(name).conf"],
                created: ago(700_000),
                status: status)
            reading.limits.cpus = cpu.1
            reading.limits.memory = memory.1.map { $0 << 20 }
            reading.limits.processes = tasks.1
            reading.restarts = restarts
            var made = DemoContainer(
                reading, seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt32($1) }), cpu: cpu.0,
                memory: Double(memory.0 << 20), tasks: tasks.0)
            made.rates = rates
            if rates.0 > 0 { (made.reading.received, made.reading.sent) = (0, 0) }
            made.remember(.created, "from \(image)", ago(700_000))
            made.remember(.started, nil, ago(11_000))
            return made
        }
        var worker = make(
            "worker", "jobs:7", .running(running(740)), cpu: (2.9, 2), memory: (560, 512), tasks: (33, 100),
            rates: (0, 0, 4.1e6, 0), restarts: 2)
        worker.remember(.limited, "memory 1 GiB → 512 MiB", ago(1_800))
        worker.remember(.exited, "exited 137, out of memory", ago(742))
        worker.remember(.started, "(restart 2 of 5)", ago(740))
        worker.remember(.limited, "CPU 1.5 → 2.0 cores", ago(120))
        worker.reading.restart = .onFailure(retries: 5)
        var mailer = make(
            "mailer", "mailer:3",
            .restarting(
                at: Timestamp(nanoseconds: now.nanoseconds + 5_200_000_000), attempt: 6, last: Exit(code: 1, at: ago(1))
            ),
            cpu: (0, 0.2), memory: (18, 64), tasks: (3, 32), restarts: 5)
        mailer.reading.restart = .always
        var db = make(
            "db", "postgres:17", .running(running(520_000)), cpu: (0.44, 2), memory: (905, 2_048), tasks: (27, 256),
            rates: (410e3, 2.2e6, 640e3, 1.8e6))
        db.reading.health = .healthy
        return [
            make(
                "web", "nginx:1.27", .running(running(11_540)), cpu: (0.38, 1), memory: (121, 512), tasks: (12, 64),
                rates: (1.2e6, 340e3, 0, 12e3)),
            make(
                "api", "api:2026.11", .running(running(11_520)), cpu: (1.42, 2), memory: (690, 1_024), tasks: (48, 200),
                rates: (3.4e6, 8.1e6, 0, 88e3)),
            worker,
            make(
                "search", "tantivy:0.22", .running(running(518_400)), cpu: (0.36, 4), memory: (1_843, 4_096),
                tasks: (22, 512), rates: (18e3, 44e3, 12e6, 0)),
            make(
                "cache", "redis:7", .running(running(518_400)), cpu: (0.02, 0.5), memory: (61, 128), tasks: (5, 32),
                rates: (220e3, 1.9e6, 0, 4e3)),
            db,
            mailer,
            make("batch", "jobs:7", .paused(running(90_000)), cpu: (0, 1), memory: (44, nil), tasks: (4, 100)),
            make(
                "old", "tools:2", .exited(Exit(code: 137, outOfMemory: true, at: ago(130))), cpu: (0, 1),
                memory: (0, 64), tasks: (0, 16), restarts: 1),
        ]
    }

    /// One of many, to fill the screen.
    static func extra(_ number: Int, at now: Timestamp) -> DemoContainer {
        let images = ["api:2026.11", "jobs:7", "nginx:1.27", "redis:7"]
        var reading = ContainerReading(
            id: identifier("extra\(number)"), name: "app-\(number)", image: images[number % images.count],
            command: ["/usr/bin/app", "--shard", "\(number)"], created: now,
            status: .running(
                Running(
                    process: ProcessIdentity(pid: Int32(5_000 + number), startTime: 1),
                    started: Timestamp(nanoseconds: now.nanoseconds - UInt64(number % 5_000) * 60_000_000_000))))
        reading.limits.cpus = 1
        reading.limits.memory = 256 << 20
        reading.limits.processes = 64
        (reading.received, reading.sent) = (0, 0)
        var made = DemoContainer(
            reading, seed: UInt64(number) &* 0x9E37_79B9, cpu: Double(number % 40) / 60,
            memory: Double((number * 7 % 220 + 8) << 20),
            tasks: UInt64(number % 30 + 1))
        made.rates = (
            Double(number % 90) * 7e3, Double(number % 70) * 3e3, Double(number % 11) * 2e4, Double(number % 13) * 1e4
        )
        return made
    }

    /// 64 hex digits out of a name.
    private static func identifier(_ name: String) -> String {
        var bits: UInt64 = 0xCBF2_9CE4_8422_2325
        var text = ""
        while text.count < 64 {
            for byte in name.utf8 { bits = (bits ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let digits = String(bits, radix: 16)
            text += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return text
    }
}
