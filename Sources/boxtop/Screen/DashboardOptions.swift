import Dashboard
import Monitoring

/// What the loop is told from outside; all of it has a usual value.
struct DashboardOptions {
    var environment: [String: String]
    var settings = Settings()
    /// Where `S` writes them; nowhere when absent.
    var settingsFile: String?
    /// The images that a new container can be made of.
    var images: () -> [String] = { [] }
    /// All that there is of one kind.
    var listing: (Resource) -> Listing
    /// Told when no listing of a kind is looked at any longer: what goes on for it alone may end.
    var leave: (Resource) -> Void = { _ in }
    /// Does a verb; when absent, verbs are child processes of this program.
    var perform: (([String]) -> (status: Int32, message: String))?

    init(environment: [String: String], listing: @escaping (Resource) -> Listing) {
        self.environment = environment
        self.listing = listing
        let home = environment["HOME"].map { "\($0)/.config" }
        if let folder = environment["XDG_CONFIG_HOME"] ?? home { settingsFile = "\(folder)/boxtop/config" }
    }
}
