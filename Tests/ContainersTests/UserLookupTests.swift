import Testing

@testable import Containers

@Suite struct UserLookupTests {
    private let lookup = UserLookup(
        passwd: """
            root:x:0:0:root:/root:/bin/sh
            # comment
            web:x:33:34:web:/srv/www:/bin/false
            1000:x:7:7::/odd:
            broken
            """,
        group: """
            root:x:0:
            www:x:34:
            video:x:44:web,other
            staff:x:50:web
            """)

    @Test(
        arguments: [
            ("", 0, 0, [], "/root"), ("root", 0, 0, [], "/root"), ("web", 33, 34, [44, 50], "/srv/www"),
            ("33", 33, 34, [44, 50], "/srv/www"), ("web:staff", 33, 50, [], "/srv/www"),
            ("web:99", 33, 99, [], "/srv/www"),
            ("4711", 4_711, 0, [], "/"), ("4711:video", 4_711, 44, [], "/"), ("1000", 7, 7, [], "/odd"),
            ("web:", 33, 34, [44, 50], "/srv/www"),
        ] as [(String, UInt32, UInt32, [UInt32], String)])
    func `a user is looked up in the image`(
        _ user: String, _ uid: UInt32, _ gid: UInt32, _ groups: [UInt32], _ home: String
    ) throws {
        #expect(try lookup.find(user) == .init(uid: uid, gid: gid, groups: groups, home: home))
    }

    @Test(arguments: ["nobody", "-1", "+0", "0x0", "4294967295", "web:nogroup", "1.5", "99999999999"])
    func `who is not there cannot run anything`(_ user: String) {
        #expect(throws: ContainerError.self) { try lookup.find(user) }
    }

    @Test(arguments: ["4294967295", "99999999999", "web:4294967295"])
    func `a number that is no id is said to be too large`(_ user: String) {
        do throws(ContainerError) {
            _ = try lookup.find(user)
            Issue.record("\(user) was found")
        } catch { #expect(error.description.contains("is too large for the id of a"), "\(error)") }
    }

    @Test(arguments: [(true, "--userns host"), (false, "/etc/subuid")])
    func `an id that the container does not have is refused, with a way`(isRoot: Bool, remedy: String) throws {
        #expect {
            try lookup.find("65536", below: 65_536, isRoot: isRoot)
        } throws: {
            let sentence = "\($0)"
            return sentence.contains(remedy) && sentence.contains("--userns") == isRoot
        }
        #expect(try lookup.find("65535", below: 65_536).uid == 65_535)
    }

    @Test func `further groups are added`() throws {
        #expect(try lookup.find("4711", extraGroups: ["video", "77"]).groups == [44, 77])
    }

    @Test func `lines may end as another system's editor ends them`() throws {
        let lookup = UserLookup(
            passwd: "root:x:0:0:root:/root:/bin/sh\r\nweb:x:33:34:web:/srv/www\r\n",
            group: "www:x:34:\r\nvideo:x:44:web\r\n")
        #expect(try lookup.find("web") == .init(uid: 33, gid: 34, groups: [44], home: "/srv/www"))
        #expect(try lookup.find("web:video").gid == 44)
    }
}
