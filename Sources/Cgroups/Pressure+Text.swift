import Linux

extension Pressure {
    /// What a pressure file says: `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and `full …` on the next line.
    /// `nil` for anything else. The system's own are in /proc/pressure.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard KernelText.starts(bytes, at: 0, with: "some "), let some = Line(bytes, from: 0) else { return nil }
        let next = KernelText.nextLine(bytes, from: 0)
        self.init(some: some, full: KernelText.starts(bytes, at: next, with: "full ") ? Line(bytes, from: next) : nil)
    }
}

extension Pressure.Line {
    fileprivate init?(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<KernelText.nextLine(bytes, from: start)])
        guard let ten = KernelText.decimal(after: "avg10=", in: line),
            let sixty = KernelText.decimal(after: "avg60=", in: line),
            let threeHundred = KernelText.decimal(after: "avg300=", in: line),
            var index = KernelText.find("total=", in: line), let total = KernelText.number(line, at: &index)
        else { return nil }
        self.init(average10: ten, average60: sixty, average300: threeHundred, total: total)
    }
}
