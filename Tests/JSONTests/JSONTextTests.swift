import JSON
import Testing

@Suite struct JSONTextTests {
    private struct Sample: Encodable {
        var text: String?
        var flag: Bool?
        var signed: Int64 = .min
        var unsigned: UInt64 = .max
        var small: UInt32 = 0
        var real = 0.1
        var words = ["a", "b"]
        var none: [String] = []
        var numbers: [UInt32] = [1, 2]
        var table = ["b": "2", "a": "1"]
        var inner = Inner()
        var list = [Inner(), Inner(x: 2)]
    }

    private struct Inner: Encodable { var x: Int32 = -1 }

    private func byHand(_ sample: Sample) -> [UInt8] {
        JSONText.object { text in
            text.string("text", sample.text)
            text.bool("flag", sample.flag)
            text.number("signed", sample.signed)
            text.number("unsigned", sample.unsigned)
            text.number("small", sample.small)
            text.number("real", sample.real)
            text.strings("words", sample.words)
            text.strings("none", sample.none)
            text.numbers("numbers", sample.numbers)
            text.table("table", sample.table)
            text.object("inner") { $0.number("x", sample.inner.x) }
            text.objects("list", sample.list) { $0.number("x", $1.x) }
        }
    }

    @Test func `it is byte for byte what Codable writes`() throws {
        for sample in [Sample(), Sample(text: "", flag: false), Sample(text: "x", flag: true, real: 1e300)] {
            #expect(try byHand(sample) == JSON.encode(sample))
        }
        #expect(JSONText.object { _ in } == Array("{}".utf8))
    }

    @Test func `every character is written as json-c writes it`() throws {
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) {
            let text = "a\(Character(scalar))b"
            #expect(try JSONText.object { $0.string("k", text) } == JSON.encode(["k": text]), "U+\(scalar.value)")
        }
    }
}
