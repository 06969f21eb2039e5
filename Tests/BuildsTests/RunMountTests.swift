import Testing

@testable import Builds

@Suite struct RunMountTests {
    @Test func `a mount's keys are read under each of their names`() throws {
        let cache = try RunMount("type=cache,dst=/c,id=x,uid=5,gid=6,mode=0700,sharing=locked,from=a,src=/b,ro")
        #expect(cache.kind == .cache && cache.target == "/c" && cache.id == "x" && cache.from == "a")
        #expect(cache.user == 5 && cache.group == 6 && cache.permissions == 0o700 && cache.source == "/b")
        #expect(cache.isReadOnly)
        let secret = try RunMount("type=secret,id=s,env=TOK,required")
        #expect(secret.variable == "TOK" && secret.isRequired && secret.target == nil)
        #expect(try !RunMount("type=secret,id=s,required=false").isRequired)
        #expect(try RunMount("target=/x").isReadOnly && !RunMount("target=/x,rw").isReadOnly)
        #expect(try !RunMount("target=/x,readonly=false").isReadOnly && !RunMount("type=cache,target=/x").isReadOnly)
    }

    @Test(arguments: [
        ("type=cache,target=/x,bogus=1", "--mount knows no bogus="), ("type=tmpfs,target=/x,uid=1", "has no uid="),
        ("target=/x,mode=755", "has no mode="), ("type=secret,id=s,mode=999", "mode=999 is no mode"),
        ("type=secret,id=s,uid=web", "uid=web is no number"), ("type=secret,id=s,uid=4294967295", "is no number"),
        ("type=secret", "wants id=NAME or target=PATH"), ("type=secret,id=s,required=maybe", "required=maybe"),
        ("type=cache,target=/x,sharing=odd", "sharing=odd"), ("type=cache,target=/x,source=a", "add from=STAGE"),
        ("type=ssh", "--mount=type=ssh is not done here"), ("target", "target wants a value"),
        ("type=bind", "target=PATH"),
    ])
    func `what a mount has not is refused in a sentence`(text: String, part: String) {
        do {
            _ = try RunMount(text)
            Issue.record("\(text) was taken")
        } catch { #expect(error.reason.contains(part), "\(error)") }
    }
}
