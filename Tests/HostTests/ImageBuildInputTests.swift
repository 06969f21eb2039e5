import Glibc
import Linux
import Records
import Testing

/// What `image build` takes its files from.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ImageBuildInputTests: BuildsImages {
    let place: CommandLinePlace

    init() throws {
        place = try Self.newPlace()
        try put(["a.txt": "a\n", "sub/b.txt": "b\n", "sub/deep/c.o": "c\n", "sub/deep/d.txt": "d\n"])
    }

    private var files: String { run("sh", "-c", "cd /c && busybox find . -type f | busybox sort") }

    @Test func `the list beside the Containerfile that is named counts in place of the folder's`() throws {
        try put([
            ".dockerignore": "*.txt\n", "build/One": "FROM base\nCOPY . /c\n", "build/One.dockerignore": "build\nsub\n",
            "Dockerfile": "FROM base\nCOPY . /c\n",
        ])
        let context = "\(place.folder)/ctx"
        #expect(place.run("build", "-t", "made", "-f", "\(context)/build/One", context).code == 0)
        #expect(files == "./.dockerignore\n./Dockerfile\n./a.txt\n")
        #expect(place.run("build", "-t", "made", context).code == 0)
        #expect(!files.contains("./a.txt"))
        try put(["Dockerfile.dockerignore": "**\n!a.txt\n"])
        #expect(place.run("build", "-t", "made", context).code == 0)
        #expect(files == "./a.txt\n")
        try put(["Dockerfile.dockerignore": "x\n[a\n"])
        let refused = place.run("build", context)
        #expect(
            refused.code == 1 && refused.error.contains("line 2 of Dockerfile.dockerignore: “[a”"), "\(refused.error)")
    }

    @Test(
        arguments: [
            "COPY link /x", "ADD link /x", "COPY [l]ink /x", "COPY way /x/", "COPY way/h /x", "COPY way/* /x/",
            "COPY hidden /x", "COPY gone /x", "RUN --mount=type=bind,source=secret,target=/s cat /s",
            "RUN --mount=type=bind,source=link,target=/s cat /s", "RUN --mount=type=bind,source=way,target=/s echo",
        ])
    func `what is ignored is not there, whichever way leads to it`(step: String) throws {
        try put(["secret": "s", "hid/h": "h", "shown": "s"])
        place.shell("cd \(place.folder)/ctx && ln -s secret link && ln -s hid way && ln -s shown hidden")
        let rules = "secret\nhid\nhidden\ngone\n"
        // One that takes nothing of these back in changes nothing.
        for exception in ["", "!other\n"] {
            try put([".dockerignore": rules + exception])
            let refused = build("FROM base\n\(step)\n")
            #expect(refused.code == 1 && refused.error.contains("line 2: "), "\(refused.error)")
        }
    }

    @Test func `a link to a folder stands for what is not ignored of it`() throws {
        try put([".dockerignore": "sub/deep/*.o\nsub/b.txt\nhid\n!hid/k\n", "hid/h": "h", "hid/k": "k"])
        place.shell("cd \(place.folder)/ctx && ln -s sub way && ln -s hid through")
        let built = build(
            "FROM base\nCOPY way /c\nCOPY through hi* /c/\nRUN --mount=source=way,target=/m busybox find /m >/m.list\n")
        #expect(built.code == 0, "\(built.error)")
        #expect(files == "./deep/d.txt\n./k\n")
        #expect(Set(run("cat", "/m.list").split(separator: "\n")) == ["/m", "/m/deep", "/m/deep/d.txt"])
    }

    @Test func `what files may do, and names of one file, stay as they are with COPY and ADD`() throws {
        try put(["in/one": "1"])
        let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14)
        let file = try FileDescriptor.open("\(place.folder)/ctx/in/one")
        try #require(FileAttribute("security.capability", capability)).set(on: file.number, path: "in/one")
        let archive = "tar --xattrs --xattrs-include='*' -cf in.tar in"
        #expect(place.shell("cd \(place.folder)/ctx && ln in/one in/two && \(archive)").code == 0)
        let text = """
            FROM base AS first
            COPY in /copied
            FROM base
            COPY in /copied
            ADD in.tar /added
            COPY --from=first /copied /again
            """
        let built = build(text)
        #expect(built.code == 0, "\(built.error)")
        #expect(run("sh", "-c", "busybox stat -c %h /copied/one /added/in/two /again/one") == "2\n2\n2\n")
        try Files.replace("\(place.folder)/Containerfile", with: text.utf8, durable: false)
        let packed = place.shell(
            "\(CommandLinePlace.program) build -o - -f \(place.folder)/Containerfile \(place.folder)/ctx | "
                + "grep -ao SCHILY.xattr.security.capability")
        #expect(packed.output.split(separator: "\n").count == 3, "\(packed)")
    }

    @Test func `a tar archive on standard input is the folder`() throws {
        try put([
            "Dockerfile": "FROM base\nCOPY . /c\n", "other/File": "FROM base\nCOPY sub /c\n",
            ".dockerignore": "other\n",
        ])
        let program = CommandLinePlace.program
        for (flag, options) in [("c", ""), ("cz", "-f ./Dockerfile")] {
            let ended = place.shell("tar -C \(place.folder)/ctx -\(flag) . | \(program) build -t made \(options) -")
            #expect(ended.code == 0, "\(ended.error)")
            #expect(files == "./.dockerignore\n./Dockerfile\n./a.txt\n./sub/b.txt\n./sub/deep/c.o\n./sub/deep/d.txt\n")
        }
        let other = place.shell("tar -C \(place.folder)/ctx -c . | \(program) build -t made -f other/File -")
        #expect(other.code == 0 && files == "./b.txt\n./deep/c.o\n./deep/d.txt\n", "\(other.error)")
        let link = "ln -sf /etc/hostname Dockerfile && tar c Dockerfile"
        let out = place.shell("cd \(place.folder)/ctx && \(link) | \(program) build -")
        #expect(out.code == 1 && out.error.contains("there is no Containerfile"), "\(out.error)")
        #expect(((try? Files.names(in: "\(place.layout.state)/building")) ?? []).isEmpty)
    }

    @Test(arguments: [
        "https://example.org/a.git", "http://example.org/a.tar.gz", "git@github.com:a/b.git", "github.com/a/b",
        "git://example.org/a",
    ])
    func `an address is no folder`(address: String) {
        let ended = place.run("build", address)
        #expect(ended.code == 1 && ended.error.contains("nothing is fetched to be built"), "\(ended.error)")
    }

    @Test func `COPY leaves out, keeps parents and changes modes`() {
        let built = build(
            """
            FROM base
            COPY --exclude=*.o --exclude=b.txt sub/deep sub/b.txt /x/
            COPY --exclude=**/*.o sub /c/one
            COPY --parents sub/deep/*.txt a.txt /c/two/
            COPY --parents sub/./deep /c/three/
            COPY --parents **/*.o /c/four/
            COPY --chmod=u=rwx,go=rX a.txt sub /c/mode/
            RUN cd /c/mode && busybox stat -c '%a %n' a.txt deep deep/c.o >/modes; echo /x/* >>/modes
            """)
        #expect(built.code == 0, "\(built.error)")
        #expect(run("cat", "/modes") == "755 a.txt\n755 deep\n755 deep/c.o\n/x/d.txt\n")
        let listed = files.split(separator: "\n").filter { !$0.hasPrefix("./mode") }
        #expect(
            listed == [
                "./four/sub/deep/c.o", "./one/b.txt", "./one/deep/d.txt", "./three/deep/c.o", "./three/deep/d.txt",
                "./two/a.txt", "./two/sub/deep/d.txt",
            ])
        let refused = build("FROM base\nCOPY --chmod=u=q a.txt /\n")
        #expect(refused.error.contains("line 2: --chmod=u=q is no mode"), "\(refused.error)")
    }

    @Test func `other folders and images are named for a build`() throws {
        try Files.makeDirectories("\(place.folder)/more")
        try Files.replace("\(place.folder)/more/m", with: "m\n".utf8, durable: false)
        try Files.replace("\(place.folder)/more/.dockerignore", with: "x*\n".utf8, durable: false)
        try Files.replace("\(place.folder)/more/x1", with: "x\n".utf8, durable: false)
        let built = build(
            """
            FROM start AS one
            COPY --from=more . /c/
            RUN --mount=from=more,target=/m cat /m/m >/c/n
            FROM nowhere AS two
            """, "--target", "one", "--build-context", "more=\(place.folder)/more", "--build-context",
            "start=docker-image://base")
        #expect(built.code == 0, "\(built.error)")
        #expect(files == "./.dockerignore\n./m\n./n\n")
        let folder = build("FROM more\n", "--build-context", "more=\(place.folder)/more")
        #expect(folder.code == 1 && folder.error.contains("FROM wants an image"), "\(folder.error)")
        let address = build("FROM base\n", "--build-context", "x=https://example.org/x.git")
        #expect(address.error.contains("--build-context https://"), "\(address.error)")
    }

    @Test func `what comes from a stage or an image stays whose it is there, and what comes from a folder is root's`()
        throws
    {
        try put(["f.txt": "f\n"])
        let made = """
            FROM base AS one
            RUN busybox mkdir -p /d/sub && echo x >/d/sub/f && echo x >/s && busybox chown -R 33:34 /d /s
            RUN busybox chmod 4755 /s && busybox ln -s f /d/l && busybox chown -h 5:6 /d/l
            """
        #expect(place.run(["build", "-t", "one", "-"], input: made).code == 0)
        let show = "busybox stat -c '%n %u:%g %a' /d /d/sub /d/sub/f /d/l /s /by /file /own /own/f"
        for (head, from) in [(made + "\n", "one"), ("", "one"), (made + "\n", "0")] {
            let built = build(
                """
                \(head)FROM base
                COPY --from=\(from) /d/ /d/
                COPY --from=\(from) /s /s
                COPY --from=\(from) --chown=7 /s /by
                COPY f.txt /file
                COPY --from=own f.txt /own/f
                RUN \(show) >/seen
                """, "--build-context", "own=\(place.folder)/ctx")
            #expect(built.code == 0, "\(built.error)")
            #expect(
                run("cat", "/seen") == """
                    /d 0:0 755
                    /d/sub 33:34 755
                    /d/sub/f 33:34 644
                    /d/l 5:6 777
                    /s 33:34 4755
                    /by 7:7 4755
                    /file 0:0 644
                    /own 0:0 755
                    /own/f 0:0 644

                    """)
        }
    }
}
