import JSON
import Rendering
import Testing

private struct Fruit: Listable {
    var name: String
    var grams: Int?
    var labels: [JSONValue.Member] = []

    static let columns = [
        Column("name", "NAME", alias: "Names"), Column("grams", "WEIGHT", .right), Column("labels"),
    ]
    var cells: [Cell] {
        [Cell(name), Cell(grams.map { "\($0) g" } ?? "–", .integer(grams)), Cell("", .map(labels))]
    }
    var quiet: String { name }
}

private let fruits = [
    Fruit(name: "apple", grams: 150, labels: [.init(key: "com.orchard", value: "\"old\" one")]),
    Fruit(name: "桃", grams: nil), Fruit(name: "water,melon", grams: 9000),
]

extension JSONValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

@Suite struct RenderTests {
    @Test func `a table is padded by what the terminal shows`() throws {
        #expect(
            try render(fruits, ListStyle()) == """
                NAME          WEIGHT
                apple          150 g
                桃                 –
                water,melon   9000 g

                """)
    }

    @Test func `an empty table is its header`() throws {
        #expect(try render([Fruit](), ListStyle()) == "NAME   WEIGHT\n")
        #expect(try render([Fruit](), ListStyle(headers: false)) == "")
    }

    @Test func `JSON has every column, in order, as values`() throws {
        #expect(
            try render(fruits, ListStyle(format: .json)) == #"[{"name":"apple","grams":150,"labels":"#
                + #"{"com.orchard":"\"old\" one"}},{"name":"桃","grams":null,"labels":{}},"#
                + #"{"name":"water,melon","grams":9000,"labels":{}}]"# + "\n")
        #expect(try render([Fruit](), ListStyle(format: .json)) == "[]\n")
    }

    @Test func `CSV has every column, quoted where it must be`() throws {
        #expect(
            try render(fruits, ListStyle(format: .csv)) == """
                name,grams,labels
                apple,150,"map[com.orchard:""old"" one]"
                桃,,map[]
                "water,melon",9000,map[]

                """)
    }

    @Test(arguments: [
        ("a,\u{301}", "\"a,\u{301}\""), ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("a\r\nb", "\"a\r\nb\""), ("é", "é"),
    ])
    func `what CSV quotes is quoted with an accent on it too`(name: String, written: String) throws {
        #expect(try render([Fruit(name: name)], ListStyle(format: .csv, headers: false)) == "\(written),,map[]\n")
    }

    @Test func `quiet is one name a line, whatever the format`() throws {
        #expect(try render(fruits, ListStyle(format: .json, quiet: true)) == "apple\n桃\nwater,melon\n")
    }

    @Test(
        arguments: [
            ("{{.Name}}", "apple\n"), ("{{.Names}}={{.grams}}", "apple=150 g\n"), ("{{json .Grams}}", "150\n"),
            (#"{{upper .Name}}\t{{len .Name}}"#, "APPLE\t5\n"), (#"{{.Name}}\n{{ .Name }}"#, "apple\napple\n"),
            (#"{{index .Labels "com.orchard"}}"#, "\"old\" one\n"), (#"{{index .Labels "none"}}"#, "\n"),
            ("{{.Labels}}", "\n"), ("{{json .Labels}}", #"{"com.orchard":"\"old\" one"}"# + "\n"),
            (#"a\qb\\{{.Name}}"#, #"a\qb\\apple"# + "\n"),
        ])
    func `a template takes fields by docker's names and ours`(template: String, line: String) throws {
        #expect(try render([fruits[0]], ListStyle(format: Format(template))) == line)
    }

    @Test(
        arguments: [
            (#"table {{.Name}}\t{{.Grams}}"#, "NAME    WEIGHT\napple   150 g\n"),
            (#"table {{upper .Name}}{{"\t"}}{{json .Grams}}"#, "NAME    WEIGHT\nAPPLE   150\n"),
            (
                #"table {{.Names | printf "%-9s"}}|\t{{if .Grams}}{{.Grams}}{{else}}?{{end}}"#,
                "NAME|        WEIGHT\napple    |   150 g\n"
            ),
            (
                #"table {{if gt .Grams 100}}heavy{{end}}\t{{with .Name}}{{.}}{{end}}\t{{(index .Labels "a")}}"#,
                "WEIGHT   NAME    LABELS\nheavy    apple\n"
            ), ("table {{$x := .Name}}{{$x}}", "\napple\n"),
        ])
    func `a template of table form has headers`(format: String, table: String) throws {
        #expect(try render([fruits[0]], ListStyle(format: Format(format))) == table)
    }

    @Test(
        arguments: [
            (#"{{eq .Grams "150 g"}} {{eq .Grams 150}} {{eq .Grams "150"}}"#, "true true false\n"),
            (#"{{printf "%s %d" .Grams .Grams}}{{print .Name .Grams 1}}"#, "150 g 150apple150 g1\n"),
            (#"{{range $k, $v := .Labels}}{{$k}}={{$v}}{{end}}"#, "com.orchard=\"old\" one\n"),
            ("{{if .Labels}}labelled{{end}}{{slice .Grams 0 3}}", "labelled150\n"),
        ])
    func `a list's field is what a person reads and what a program does`(template: String, line: String) throws {
        #expect(try render([fruits[0]], ListStyle(format: Format(template))) == line)
    }

    @Test(
        arguments: [
            ("yaml", "“yaml” is no format: table, json, csv or a template such as '{{.Name}}'"),
            ("{{.Name", "the template “{{.Name” has {{ without }}"),
            ("table {{range .x}}", "“{{range .x}}” has no {{end}}"),
        ])
    func `what is no format is refused`(text: String, sentence: String) {
        #expect(throws: TemplateError(sentence)) { try Format(text) }
    }

    @Test func `a field that is not there is named`() {
        #expect(throws: TemplateError("there is no field .Colour: there are name, grams, labels")) {
            try render(fruits, ListStyle(format: Format("{{.Colour}}")))
        }
    }

    @Test func `control characters do not reach the terminal`() throws {
        let text = try render([Fruit(name: "a\u{1B}[31m\nb\u{9B}", grams: 1)], ListStyle(headers: false))
        #expect(text == "a?[31m\\nb?   1 g\n")
    }

    @Test func `any JSON can be read by a path`() throws {
        let value = try JSON.decode(
            JSONValue.self,
            from: Array(#"{"State":{"Pid":12,"Rate":0.5,"Up":true,"Gone":null},"A":["x",{"b":1}]}"#.utf8))
        #expect(
            try Template("{{.State.Pid}} {{.state.rate}} {{.State.Up}}{{.State.Gone}}").text(of: value) == "12 0.5 true"
        )
        #expect(try Template("{{.A}} {{json .A}}").text(of: value) == #"[x map[b:1]] ["x",{"b":1}]"#)
        let labelled = JSONValue.of([("Labels", .of(["a": "1"]))])
        #expect(try Template("{{.Label \"a\"}}{{.Label \"b\"}}").text(of: labelled) == "1")
        #expect(try Template("{{index .A \"1\"}}").text(of: value) == "map[b:1]")
    }

    @Test(
        arguments: [
            ("{{.State.Typo}}", "there is no field .State.Typo: .State has pid, exitCode, Dead"),
            ("{{.Labels.a}}{{.State.Typo.Deep}}", "there is no field .State.Typo.Deep: .State has pid, exitCode, Dead"),
            ("{{.State.Pid.Typo}}", "there is no field .State.Pid.Typo: .State has pid, exitCode, Dead"),
            ("{{.Typo}}", "there is no field .Typo: there are state, labels, Path"),
        ])
    func `a field that an object does not have is a mistake, and the fields there are are named`(
        template: String, sentence: String
    ) throws {
        let template = try Template(template)
        #expect(throws: TemplateError(sentence)) { try template.text(of: inspected, docker: dockers) }
    }

    @Test func `a field is found by docker's name too, and is what docker prints where there is no value`() throws {
        let template = "{{.State.ExitCode}} {{.State.Dead}} {{.Path}} {{.State.Pid}}{{.Labels.none}} {{json .Labels.a}}"
        #expect(try Template(template).text(of: inspected, docker: dockers) == "0 false sh 12 \"1\"")
    }

    private let inspected = JSONValue.of([
        ("state", .of([("pid", .integer(12)), ("exitCode", .null)])), ("labels", .of(["a": "1"])),
    ])
    private let dockers = JSONValue.of([
        ("Path", .string("sh")), ("State", .of([("ExitCode", .integer(0)), ("Dead", .bool(false))])),
    ])
}
