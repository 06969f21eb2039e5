import Glibc
import Linux
import OCI

/// Who a program runs as: `--user` looked up in the image's own /etc/passwd and /etc/group.
struct UserLookup {
    /// Ids, and the home folder that goes with them.
    struct Account: Equatable {
        var uid: UInt32
        var gid: UInt32
        var groups: [UInt32]
        var home: String
    }

    private let accounts: [[Substring]]
    private let groups: [[Substring]]

    /// - Parameters:
    ///   - passwd: the text of /etc/passwd, empty where there is none.
    ///   - group: the text of /etc/group.
    init(passwd: String, group: String) {
        accounts = Self.table(passwd, columns: 6)
        groups = Self.table(group, columns: 3)
    }

    init(in root: LayeredRoot) throws(SystemCallError) {
        self.init(passwd: try root.text("/etc/passwd") ?? "", group: try root.text("/etc/group") ?? "")
    }

    /// - Parameters:
    ///   - user: `name`, `uid`, each with `:group` or `:gid`; empty is root.
    ///   - extraGroups: more groups, by name or number.
    ///   - count: how many ids the container has; one from there on does not exist in it.
    ///   - isRoot: who runs the container could give it the host's ids instead.
    func find(
        _ user: String, extraGroups: [String] = [], below count: UInt32? = nil, isRoot: Bool = geteuid() == 0
    ) throws(ContainerError) -> Account {
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        var account = try self.account(name.isEmpty ? "0" : name)
        if parts.count == 2, !parts[1].isEmpty {
            account.gid = try gid(String(parts[1]))
            // A group that is named stands alone, as in docker: the lists of /etc/group are for who names none.
            account.groups = []
        }
        for extra in extraGroups { account.groups.append(try gid(extra)) }
        if let count, let outside = ([account.uid, account.gid] + account.groups).first(where: { $0 >= count }) {
            let remedy = isRoot ? "--userns host" : "have root give you more in /etc/subuid and /etc/subgid"
            throw ContainerError(
                .invalid,
                "id \(outside) is not among the container's \(count) (0…\(count - 1)): use a smaller one, or \(remedy)")
        }
        return account
    }

    private func account(_ name: String) throws(ContainerError) -> Account {
        if let line = accounts.first(where: { $0[0] == name }) ?? accounts.first(where: { $0[2] == name }),
            let uid = UInt32(line[2]), let gid = UInt32(line[3])
        {
            let groups = groups.filter { $0.count > 3 && $0[3].split(separator: ",").contains(line[0]) }
            let home = line[5].isEmpty ? "/" : String(line[5])
            return Account(
                uid: uid, gid: gid, groups: groups.compactMap { UInt32($0[2]) }.filter { $0 != gid }, home: home)
        }
        guard let uid = Self.id(name) else { throw Self.missing("user", name, in: "/etc/passwd") }
        return Account(uid: uid, gid: 0, groups: [], home: uid == 0 ? "/root" : "/")
    }

    private func gid(_ name: String) throws(ContainerError) -> UInt32 {
        if let line = groups.first(where: { $0[0] == name }), let gid = UInt32(line[2]) { return gid }
        guard let gid = Self.id(name) else { throw Self.missing("group", name, in: "/etc/group") }
        return gid
    }

    private static func missing(_ kind: String, _ name: String, in file: String) -> ContainerError {
        if isNumber(name) {
            return ContainerError(
                .invalid, "\(name) is too large for the id of a \(kind): the largest is \(UInt32.max - 1)",
                exitCode: 125)
        }
        return ContainerError(
            .notFound, "there is no \(kind) “\(name)” in the image's \(file): use one of it, or a number", exitCode: 125
        )
    }

    private static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Digits alone, so that `-1`, `+0` and `0x0` are names that nobody has; (uid_t) −1 means "no change" to the kernel.
    private static func id(_ text: String) -> UInt32? {
        isNumber(text) ? UInt32(text).flatMap { $0 == .max ? nil : $0 } : nil
    }

    private static func table(_ text: String, columns: Int) -> [[Substring]] {
        text.lines.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .filter { $0.count >= columns && !$0[0].isEmpty && $0[0].first != "#" }
    }
}
