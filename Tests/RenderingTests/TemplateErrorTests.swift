import JSON
import Rendering
import Testing

@Suite struct TemplateErrorTests {
    private static let functions =
        "and, eq, ge, gt, index, join, json, le, len, lower, lt, ne, not, or, pad, print, printf, println, slice, split, "
        + "title, truncate, upper"

    @Test(
        arguments: [
            ("{{.Name", "the template “{{.Name” has {{ without }}"),
            (#"{{index .A "b"#, #"the template “{{index .A "b” has {{ without }}"#),
            (#"{{index .A "b}}"#, #"“{{index .A "b}}”: a text has no closing quote"#),
            ("{{`b}}", "“{{`b}}”: a text has no closing backtick"),
            ("{{/* a }}", "the template “{{/* a }}” has /* without */"),
            ("{{/* a */ .B}}", "the template “{{/* a */ .B}}” has a comment that does not end with */}}"),
            ("a{{range .X}}b", "“{{range .X}}” has no {{end}}"), ("{{if .X}}{{else}}b", "“{{if .X}}” has no {{end}}"),
            ("a{{end}}", "“{{end}}”: there is no {{if}}, {{with}} or {{range}} that it belongs to"),
            ("{{else}}", "“{{else}}”: there is no {{if}}, {{with}} or {{range}} that it belongs to"),
            ("{{if .X}}{{else}}{{else}}{{end}}", "“{{else}}”: “{{if .X}}” has had its {{else}}"),
            ("{{if .X}}{{end .X}}", "“{{end .X}}”: end takes nothing"),
            ("{{range .X}}{{else if .Y}}{{end}}", "“{{else if .Y}}”: “{{range .X}}” takes no such else"),
            ("{{break}}", "“{{break}}”: break stands between a {{range}} and its {{end}}"),
            (
                "{{range .X}}{{else}}{{if .Y}}{{continue}}{{end}}{{end}}",
                "“{{continue}}”: continue stands between a {{range}} and its {{end}}"
            ),
            ("{{range .X}}{{break 1}}{{end}}", "“{{break 1}}”: break takes nothing"),
            ("{{}}", "“{{}}”: there is a field or a function missing"),
            ("{{if}}{{end}}", "“{{if}}”: there is a field or a function missing"),
            ("{{.A |}}", "“{{.A |}}”: there is a field or a function missing"),
            ("{{.A | .B}}", "“{{.A | .B}}”: after | stands a function, as in {{.Name | upper}}"),
            ("{{.A .B}}", "“{{.A .B}}”: only a function takes what stands after it"),
            ("{{.A..B}}", "“{{.A..B}}”: there is a name missing after a dot"),
            (
                "{{Name}}",
                "“{{Name}}”: there is no function Name: there are \(functions); a field begins with a dot, as in {{.Name}}"
            ),
            ("{{len}}", "“{{len}}”: len is used as in {{len .Mounts}}"),
            ("{{1 | eq}}", "“{{1 | eq}}”: eq is used as in {{eq .State.ExitCode 0}}"),
            ("{{print len .A}}", "“{{print len .A}}”: len needs parentheses: (len …)"),
            ("{{(len .A}}", "“{{(len .A}}”: there is a ) missing"),
            ("{{len .A)}}", "“{{len .A)}}”: there is a ( missing"),
            ("{{$x}}", "“{{$x}}”: there is no variable $x"), ("{{$x = 1}}", "“{{$x = 1}}”: there is no variable $x"),
            ("{{if true}}{{$x := 1}}{{end}}{{$x}}", "“{{$x}}”: there is no variable $x"),
            (
                "{{range $a, $b, $c := .X}}{{end}}",
                "“{{range $a, $b, $c := .X}}”: before := stands one variable, or after range two: $key, $value := .Labels"
            ),
            (
                "{{$a, $b := .X}}",
                "“{{$a, $b := .X}}”: before := stands one variable, or after range two: $key, $value := .Labels"
            ),
            ("{{.A := 1}}", "“{{.A := 1}}”: before := and = stands a variable, as in $x := .Name"),
            ("{{eq .A, .B}}", "“{{eq .A, .B}}”: a comma, = or := stands where none belongs"),
            ("{{eq .A 'b'}}", "“{{eq .A 'b'}}”: a text is written in double quotes or backticks"),
            ("{{.A & .B}}", "“{{.A & .B}}”: “&” means nothing here"),
            ("{{eq .A 1-2}}", "“{{eq .A 1-2}}”: “1-2” is no number"),
            (#"{{"\q"}}"#, #"“{{"\q"}}”: “\q” means nothing in a text"#),
            (#"{{"\xzz"}}"#, #"“{{"\xzz"}}”: “zz” is no character's number"#),
        ])
    func `what is no template is refused with what is wrong where`(template: String, sentence: String) {
        #expect(throws: TemplateError(sentence)) { try Template(template) }
    }

    @Test(
        arguments: [
            ("{{range .Name}}{{end}}", #"“{{range .Name}}”: range takes a list or a map, not "web""#),
            (
                "{{if eq .Name 1}}{{end}}",
                #"“{{if eq .Name 1}}”: eq compares two numbers, two texts or two of true and false, not "web" with 1"#
            ),
            ("{{lt .Env 1}}", #"“{{lt .Env 1}}”: lt compares two numbers or two texts, not ["A=1"] with 1"#),
            ("{{index .Env 3}}", "“{{index .Env 3}}”: there is no number 3 in the list, which ends with number 0"),
            ("{{index .Name 0}}", #"“{{index .Name 0}}”: index looks into lists and maps, not into "web""#),
            ("{{slice .Name 2 9}}", "“{{slice .Name 2 9}}”: there is nothing from 2 to 9: the length is 3"),
            ("{{slice 5 2}}", "“{{slice 5 2}}”: slice takes a text or a list first, not 5"),
            ("{{join .Name 1}}", #"“{{join .Name 1}}”: join takes a list first, not "web""#),
            ("{{truncate .Name .Name}}", #"“{{truncate .Name .Name}}”: truncate takes a whole number, not "web""#),
            (
                "{{pad .Name 1 20000}}",
                "“{{pad .Name 1 20000}}”: 20000 letters are too many to fill up to: 10000 at most"
            ),
            (#"{{printf "%d" .Name}}"#, #"“{{printf "%d" .Name}}”: %d of printf does not take "web""#),
            (#"{{printf "%s"}}"#, #"“{{printf "%s"}}”: printf has no value for %s"#),
            (#"{{printf "a" 1}}"#, #"“{{printf "a" 1}}”: printf has more values than its format has %"#),
            (#"{{printf "%y" 1}}"#, #"“{{printf "%y" 1}}”: printf knows %s, %d, %v, %q, %x, %X, %t, %f and %%"#),
            ("{{range .Mounts}}{{.Typo}}{{end}}", "there is no field .Typo: there are Source"),
            ("{{range $m := .Mounts}}{{$m.Typo}}{{end}}", "there is no field $m.Typo: $m has Source"),
            ("{{(index .Mounts 0).Typo}}", "there is no field (…).Typo: (…) has Source"),
            ("{{.Name.Typo}}", "there is no field .Name.Typo: there are Name, Env, Mounts"),
            (#"{{index . "Typo"}}"#, "“{{index . \"Typo\"}}”: there is no field .Typo: there are Name, Env, Mounts"),
        ])
    func `what a template cannot do with what there is is said`(template: String, sentence: String) throws {
        let value = JSONValue.of([
            ("Name", .string("web")), ("Env", .of(["A=1"])), ("Mounts", .array([.of([("Source", .string("/v"))])])),
        ])
        let template = try Template(template)
        #expect(throws: TemplateError(sentence)) { try template.text(of: value) }
    }

    @Test func `what stands in one another is limited`() throws {
        func nested(_ open: String, _ count: Int, _ close: String) -> String {
            String(repeating: open, count: count) + "{{len .}}" + String(repeating: close, count: count)
        }
        #expect(try Template(nested("{{with 1}}", 100, "{{end}}")).text(of: .null) == "1")
        #expect(throws: TemplateError("“{{with 1}}”: more than 100 blocks stand in one another")) {
            try Template(nested("{{with 1}}", 100_000, "{{end}}"))
        }
        let open = String(repeating: "(", count: 100_000)
        #expect(throws: TemplateError("“{{\(open)}}”: more than 100 parentheses and blocks stand in one another")) {
            try Template("{{\(open)}}")
        }
        let chain = "{{if .}}" + String(repeating: "{{else if .}}", count: 20_000) + "{{else}}x{{end}}"
        #expect(try Template(chain).text(of: .null) == "x")
    }
}
