import Glibc
import Linux
import Records
import Testing

/// A folder like /tmp, in which another user may have been before.
@Suite(.enabled(if: geteuid() == 0, "gives files away: needs root"))
struct OwnerTests {
    private let folder: TemporaryFolder
    private var run: String { "\(folder.path)/boxtop-7/boxtop" }
    private let me: uid_t = 7
    private let other: uid_t = 12_345

    init() throws {
        folder = try TemporaryFolder()
        chmod(folder.path, 0o1777)
    }

    private func refusal(user: uid_t = 7, run: String? = nil, state: String = "/") -> String? {
        do throws(ForeignFolder) {
            try Layout(state: state, run: run ?? self.run, cgroupParent: "/b").checkOwner(user: user)
            return nil
        } catch { return error.description }
    }

    private func make(_ path: String, _ owner: uid_t, _ mode: mode_t = 0o755) throws {
        try Files.makeDirectories(path)
        chown(path, owner, owner)
        chmod(path, mode)
    }

    @Test func `a run folder that another user has made first is refused, and so is what lies in it`() throws {
        try make("\(folder.path)/boxtop-7", other)
        try make(run, me)
        let sentence = try #require(refusal())
        #expect(sentence.hasPrefix("\(folder.path)/boxtop-7 is user 12345's") && sentence.contains("XDG_RUNTIME_DIR"))
        #expect(refusal(run: "/run/boxtop", state: run)?.contains("--state DIR") == true)
        #expect(refusal(user: 0) != nil, "root is not led there either")
    }

    @Test func `a run folder is below the user's own folder of the login, never below another's`() throws {
        func run(_ runtime: String?, user: uid_t = 65_433) -> String {
            Layout(environment: ["XDG_RUNTIME_DIR": runtime].compactMapValues { $0 }, user: user).run
        }
        let (mine, theirs) = ("\(folder.path)/mine", "\(folder.path)/theirs")
        try make(mine, 65_433)
        try make(theirs, 0)
        let usual = "/tmp/boxtop-65433/boxtop"
        #expect(run(mine) == "\(mine)/boxtop")
        #expect(run("\(folder.path)/absent") == "\(folder.path)/absent/boxtop")
        #expect(run(theirs) == usual && run(nil) == usual && run("/run/user/0/none/none") == usual)
        #expect(run(theirs, user: 0) == "/run/boxtop")
        // That of logind.
        let user = try #require((70_000...uid_t(70_100)).first { !Files.exists("/run/user/\($0)") })
        let hadFolder = Files.exists("/run/user")
        try make("/run/user/\(user)", user)
        defer {
            rmdir("/run/user/\(user)")
            if !hadFolder { rmdir("/run/user") }
        }
        #expect(run(nil, user: user) == "/run/user/\(user)/boxtop" && run(theirs, user: user) == run(nil, user: user))
        let older = Layout(environment: [:], user: user)
        #expect(older.olderRun == nil)
        try make("/tmp/boxtop-\(user)", user)
        defer { rmdir("/tmp/boxtop-\(user)") }
        #expect(Layout(environment: [:], user: user).olderRun == "/tmp/boxtop-\(user)/boxtop")
        chown("/tmp/boxtop-\(user)", other, other)
        #expect(Layout(environment: [:], user: user).olderRun == nil)
    }

    @Test func `so is a link of another's, wherever it leads`() throws {
        try make("\(folder.path)/mine", me)
        symlink("mine", "\(folder.path)/boxtop-7")
        lchown("\(folder.path)/boxtop-7", other, other)
        #expect(refusal() != nil)
        lchown("\(folder.path)/boxtop-7", me, me)
        #expect(refusal() == nil)
    }

    @Test func `one that others may write is refused, and one of this user's taken`() throws {
        try make(run, me, 0o775)
        chown("\(folder.path)/boxtop-7", me, me)
        #expect(refusal()?.contains("chmod go-w \(run)") == true)
        chmod(run, 0o700)
        #expect(refusal() == nil)
    }

    @Test func `what is missing in a folder for all is made at once, for its owner alone`() throws {
        #expect(refusal(user: 0) == nil)
        var status = stat()
        #expect(stat("\(folder.path)/boxtop-7", &status) == 0 && status.st_mode & 0o7777 == 0o700)
        #expect(!Files.exists(run), "which is safe there, and made when it is needed")
    }
}
