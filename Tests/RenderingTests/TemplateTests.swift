import JSON
import Rendering
import Testing

@Suite struct TemplateTests {
    private static let web = JSONValue.of([
        ("id", .string("0123456789abcdef")), ("name", .string("web")), ("rate", .number(0.5)), ("gone", .null),
        ("state", .of([("running", .bool(true)), ("pid", .integer(12)), ("exitCode", .null)])),
        ("labels", .of(["team": "blue", "tier": ""])),
        ("mounts", .array([.of([("kind", .string("proc"))])])),
    ])

    private static let docker = JSONValue.of([
        ("State", .of([("ExitCode", .integer(0)), ("Running", .bool(true)), ("Dead", .bool(false))])),
        ("Config", .of([("Cmd", .of(["sh", "-c", "echo \"a\""])), ("Env", .of(["A=1", "B=2"])), ("User", .null)])),
        (
            "Mounts",
            .array([
                .of([("Type", .string("volume")), ("Source", .string("/v")), ("Destination", .string("/data"))]),
                .of([("Type", .string("bind")), ("Source", .string("/srv")), ("Destination", .string("/www"))]),
            ])
        ),
        (
            "NetworkSettings",
            .of([
                (
                    "Networks",
                    .map([
                        .init(key: "back", value: .of([("IPAddress", .string("10.0.0.2"))])),
                        .init(key: "front-1", value: .of([("IPAddress", .string("10.1.0.2"))])),
                    ])
                ),
                (
                    "Ports",
                    .map([
                        .init(
                            key: "80/tcp",
                            value: .array([.of([("HostIp", .string("0.0.0.0")), ("HostPort", .string("8080"))])]))
                    ])
                ),
            ])
        ),
    ])

    private func text(_ template: String) throws -> String {
        try Template(template).text(of: Self.web, docker: Self.docker)
    }

    @Test(
        arguments: [
            ("{{range .NetworkSettings.Networks}}{{.IPAddress}};{{end}}", "10.0.0.2;10.1.0.2;"),
            (
                "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}} {{end}}",
                "back=10.0.0.2 front-1=10.1.0.2 "
            ),
            (#"{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}"#, "8080"),
            (#"{{(index (index .NetworkSettings.Ports "81/tcp") 0).HostPort}}"#, ""),
            ("{{.NetworkSettings.Networks.front-1.IPAddress}}", "10.1.0.2"),
            ("{{range .Mounts}}{{println .Source .Destination}}{{end}}", "/v /data\n/srv /www\n"),
            (#"{{range .Mounts}}{{if eq .Type "volume"}}{{.Source}}{{end}}{{end}}"#, "/v"),
            ("{{if .State.Running}}up{{else}}down{{end}}", "up"), ("{{if eq .State.ExitCode 0}}ok{{end}}", "ok"),
            ("{{range .Config.Env}}{{println .}}{{end}}", "A=1\nB=2\n"),
            ("{{json .Config.Cmd}}", #"["sh","-c","echo \"a\""]"#), (#"{{join .Config.Cmd " "}}"#, #"sh -c echo "a""#),
            (#"[{{.Name | printf "%-6s"}}]"#, "[web   ]"),
            (
                "{{.Name}}{{range $p, $c := .NetworkSettings.Ports}} {{$p}}->{{(index $c 0).HostPort}}{{end}}",
                "web 80/tcp->8080"
            ),
        ])
    func `what docker's users type does what it does there`(template: String, result: String) throws {
        #expect(try text(template) == result)
    }

    @Test(
        arguments: [
            ("{{range .Config.Cmd}}{{else}}none{{end}}", ""), ("{{range .Gone}}x{{else}}none{{end}}", "none"),
            ("{{range $i, $v := .Config.Env}}{{$i}}:{{$v}} {{end}}", "0:A=1 1:B=2 "),
            ("{{range $v := .Config.Env}}{{$v}}{{$.Name}} {{end}}", "A=1web B=2web "),
            ("{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}", "team=blue;tier=;"),
            ("{{range .Config.Env}}{{range $.Config.Env}}.{{end}}|{{end}}", "..|..|"),
            ("{{if .Gone}}a{{else if .Rate}}b{{else}}c{{end}}", "b"),
            ("{{if .Gone}}a{{else if .Config.User}}b{{else if .State.Dead}}c{{else}}d{{end}}", "d"),
            ("{{with .State}}{{.Pid}} {{.ExitCode}} {{.Dead}}{{end}}", "12 0 false"),
            ("{{with .Gone}}a{{else}}{{.Name}}{{end}}", "web"),
            ("{{with .Gone}}a{{else with .Name}}{{.}}{{end}}", "web"),
            ("{{with $x := .Name}}{{$x}}{{.}}{{end}}", "webweb"),
            ("{{$x := .Name}}{{if true}}{{$x := 1}}{{$x}}{{end}}{{$x}}", "1web"),
            (
                "{{$first := true}}{{range .Config.Env}}{{if not $first}},{{end}}{{$first = false}}{{.}}{{end}}",
                "A=1,B=2"
            ),
            ("{{if $x := .Name}}{{$x}}{{else}}{{$x}}{{end}}", "web"),
            ("{{range .Config.Cmd}}{{if eq . \"-c\"}}{{break}}{{end}}{{.}};{{else}}none{{end}}|", "sh;|"),
            ("{{range .Config.Cmd}}{{if eq . \"-c\"}}{{continue}}{{end}}{{.}};{{end}}", "sh;echo \"a\";"),
            ("{{range .Config.Env}}{{range $.Config.Cmd}}{{break}}x{{end}}{{.}} {{end}}", "A=1 B=2 "),
            ("{{range .Config.Env}}{{range $.Gone}}x{{else}}{{continue}}{{end}}{{.}}{{end}}|", "|"),
            (
                "{{$x := 1}}{{range .Config.Env}}{{with .}}{{$x := 2}}{{$x}}{{continue}}{{end}}{{end}}{{$x}}", "221"
            ),
        ])
    func `blocks and variables are Go's`(template: String, result: String) throws {
        #expect(try text(template) == result)
    }

    @Test(
        arguments: [
            ("a {{- .Name -}} b", "awebb"), ("a\n{{- .Name}} b", "aweb b"), ("{{.Name -}} \n\t b", "webb"),
            (#"a\n{{- .Name}}\t"#, "aweb\t"), ("a{{/* {{.Nothing}} */}}b", "ab"), ("a {{- /* x */ -}} b", "ab"),
            ("{{- -3}}", "-3"), (#"{{"}}"}}{{`{{`}}"#, "}}{{"), (#"{{"a\tb\"\u00e4\x41"}}"#, "a\tb\"äA"),
            ("{{`a\\tb`}}", "a\\tb"), ("{{1}} {{-1}} {{0x1F}} {{2.50}} {{true}} {{nil}}", "1 -1 31 2.5 true "),
            ("{{.name}}{{.NAME}}", "webweb"), ("{{.}}", web.plain), ("{{$.Name}}{{$.State.Pid}}", "web12"),
            (#"{{.Label "team"}}{{$.Label "none"}}"#, "blue"), (#"{{.Label "team" | upper}}"#, "BLUE"),
            (
                "{{.Mounts}} {{len .Mounts}}",
                "[map[Type:volume Source:/v Destination:/data] map[Type:bind Source:/srv Destination:/www]] 2"
            ),
            ("{{.mounts}}", "[map[kind:proc]]"), ("{{(.State).Pid}}", "12"),
        ])
    func `texts, spaces, comments and literals are read`(template: String, result: String) throws {
        #expect(try text(template) == result)
    }

    @Test(
        arguments: [
            (#"{{split "a,b,,c" ","}}"#, "[a b  c]"), (#"{{index (split .Name "e") 1}}"#, "b"),
            (#"{{title "two small-words a_b"}}"#, "Two Small-Words A_b"), ("{{upper .Name}}{{lower \"ÄB\"}}", "WEBäb"),
            ("[{{pad .Name 1 2}}{{pad \"\" 1 2}}]", "[ web  ]"), ("{{truncate .Name 2}}{{truncate .Name 9}}", "weweb"),
            (#"{{join .Gone ","}}{{.Config.Env | len}}"#, "2"), ("{{len .Name}}{{len .Labels}}{{len .Gone}}", "320"),
            ("{{print .Name 1 2 .Name}}{{print 1 2}}", "web1 2web1 2"), ("{{print}}{{println}}", "\n"),
            ("{{slice .Id 0 4}} {{slice .Name 1}} {{slice .Config.Cmd 1 2}}", "0123 eb [-c]"),
            (#"{{slice "日本" 0 3}}{{slice "日本" 3 (len "日本")}}"#, "日本"),
            (#"{{index .Config.Env 1}}{{index .Config.Env "0"}}{{index .Labels "none"}}"#, "B=2A=1"),
            (#"{{eq .Name "db" "web"}} {{ne .Name "web"}} {{eq .Rate 0.5}} {{eq 1 1.0}}"#, "true false true true"),
            (
                "{{lt 1 2}} {{le 2 2}} {{gt .State.Pid 12}} {{ge 1.5 2}} {{lt \"a\" \"b\"}}",
                "true true false false true"
            ),
            (#"{{eq .Gone nil}} {{eq .Gone ""}} {{eq .Gone 0}} {{eq .State.Running true}}"#, "true true false true"),
            ("{{and .Name .Gone}}{{and .Name 1}} {{or .Gone .Name}} {{or .Gone false}}", "1 web false"),
            ("{{or .Name .Typo}}{{if and .Gone .Typo}}x{{end}}", "web"),
            ("{{true | and .Name}}{{0 | or .Gone}}", "true0"),
            ("{{not .Gone}} {{not 0}} {{not \"\"}} {{not .Labels}}", "true true true false"),
        ])
    func `functions are Go's and docker's`(template: String, result: String) throws {
        #expect(try text(template) == result)
    }

    @Test(
        arguments: [
            (#"{{printf "%s %v %d%%" .Name .Config.Env 5}}"#, "web [A=1 B=2] 5%"),
            (#"[{{printf "%5s|%-5s|%.2s|%5.1s" .Name .Name .Name .Name}}]"#, "[  web|web  |we|    w]"),
            (#"{{printf "%05d|%-5d|%+d|%5d|%.3d" -42 42 42 42 7}}"#, "-0042|42   |+42|   42|007"),
            (#"{{printf "%q %q" "a\"\n" .Config.Env}}"#, #""a\"\n" ["A=1" "B=2"]"#),
            (#"{{printf "%q" "ä 桃\x01\u200b\U000e0001\\"}}"#, #""ä 桃\x01\u200b\U000e0001\\""#),
            (#"{{printf "%x %X %x %08x" 255 255 "aö" 48879}}"#, "ff FF 61c3b6 0000beef"),
            (#"{{printf "%.2f %6.1f %f %t" .Rate 2 1.5 true}}"#, "0.50    2.0 1.500000 true"),
            (#"[{{printf "%3d%s" .Gone .Gone}}]"#, "[   ]"), (#"{{.Name | printf "%s-%s" "a"}}"#, "a-web"),
        ])
    func `printf writes what Go's does`(template: String, result: String) throws {
        #expect(try text(template) == result)
    }
}
