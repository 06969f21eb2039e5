import JSON
import Testing

private struct Mount: Codable, Equatable {
    var destination: String
    var options: [String]?
    var size: UInt64?
}

private enum Shape: Codable, Equatable {
    case none
    case circle(radius: Double)
    case pair(Int, String)
}

private struct Document: Codable, Equatable {
    var version: String
    var mounts: [Mount] = []
    var labels: [String: String] = [:]
    var shape: Shape?
    var flag: Bool?
    var ratio: Double?
    var id: Int32?
}

private func decode(_ text: String) throws(JSONError) -> Document {
    try JSON.decode(Document.self, from: Array(text.utf8))
}

@Suite struct JSONTests {
    @Test(arguments: [
        ("18446744073709551616", false), ("-9223372036854775809", false), ("123456789012345678901234567890", false),
        ("18446744073709551615", true), ("-9223372036854775808", true), ("\"99999999999999999999\"", true),
        ("\"\\\"99999999999999999999\"", true), ("0.99999999999999999999", true), ("99999999999999999999e0", true),
    ])
    func `a whole number beyond 64 bits is none that json-c makes of it`(text: String, isTaken: Bool) {
        for space in ["", String(repeating: " ", count: 13)] {
            let document = "{\"version\": \"1\", \"x\": \(space)\(text)}"
            #expect(((try? JSON.decode(Sparse.self, from: Array(document.utf8))) != nil) == isTaken, "\(document)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a document of long numbers in strings is looked through once`() throws {
        let texts = repeatElement("\"1234567890123456789012345\"", count: 50_000).joined(separator: ",")
        let document = Array("{\"version\": \"1\", \"x\": [\(texts)]}".utf8)
        #expect(try JSON.decode(Sparse.self, from: document).version == "1")
    }

    private struct Sparse: Codable { let version: String }

    @Test(arguments: [
        Document(version: "1"),
        Document(version: "é\u{0}\"\\/\n", mounts: [Mount(destination: "/", options: [], size: .max)]),
        Document(version: "", labels: ["a": "1", "": "2"], shape: .circle(radius: 0.1), flag: false, ratio: -1e300),
        Document(version: "v", shape: .pair(-7, "x"), id: .min),
        Document(version: "v", shape: Shape.none),
    ])
    private func `a value comes back as it was`(document: Document) throws {
        #expect(try JSON.decode(Document.self, from: JSON.encode(document)) == document)
        #expect(try JSON.decode(Document.self, from: JSON.encode(document, pretty: true)) == document)
    }

    @Test func `dictionaries are written in the order of their keys, numbers in their shortest form`() throws {
        let labels = Dictionary(uniqueKeysWithValues: (0..<20).map { ("k\($0)", $0) })
        let expected = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        #expect(String(decoding: try JSON.encode(labels), as: UTF8.self) == "{\(expected)}")
        #expect(String(decoding: try JSON.encode([0.1, 2, 1e-7]), as: UTF8.self) == "[0.1,2.0,1e-07]")
        #expect(String(decoding: try JSON.encode(["a/b"]), as: UTF8.self) == #"["a/b"]"#)
    }

    @Test(arguments: [
        (#"{"mounts":[]}"#, "version: it is missing"),
        (#"{"version":3,"mounts":[],"labels":{}}"#, "version: a string is wanted, not 3"),
        (
            #"{"version":"","mounts":[{"destination":"/"},{"destination":null}],"labels":{}}"#,
            "mounts[1].destination: a string is wanted, not null"
        ),
        (
            #"{"version":"","mounts":[{"destination":"/","size":-1}],"labels":{}}"#,
            "mounts[0].size: a number from 0 to 18446744073709551615 is wanted, not -1"
        ),
        (
            #"{"version":"","mounts":[],"labels":{},"id":4294967296}"#,
            "id: a number from -2147483648 to 2147483647 is wanted, not 4294967296"
        ),
        (#"{"version":"","mounts":{},"labels":{}}"#, "mounts: an array is wanted, not {}"),
        (#"{"version":"","#, "not JSON: unexpected end of data in line 1"),
        ("{}\n{}", "not JSON: unexpected character in line 2"),
        ("", "not JSON: unexpected end of data in line 1"),
    ])
    func `what is wrong is named with its path`(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try decode(text) }
        #expect(error?.description == message)
    }

    @Test func `a line feed at the end is no fault`() throws {
        #expect(try JSON.decode([Int].self, from: Array("[1]\n\n".utf8)) == [1])
    }

    @Test func `nesting without end is refused`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSON.decode([String].self, from: deep) }
    }

    @Test func `unknown keys are ignored`() throws {
        #expect(try decode(#"{"version":"1","mounts":[],"labels":{},"more":[1,{"x":null}]}"#).version == "1")
    }

    @Test func `a number that JSON has no word for is refused`() {
        let error = #expect(throws: JSONError.self) { try JSON.encode(["a": [Double.nan]]) }
        #expect(error?.description == "a[0]: nan cannot be written in JSON")
    }
}
