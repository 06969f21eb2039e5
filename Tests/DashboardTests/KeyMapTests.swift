import Dashboard
import TerminalKit
import Testing

@Suite struct KeyMapTests {
    @Test(arguments: Context.allCases)
    func `no key means two things in one place`(context: Context) {
        var seen: [Key: Action] = [:]
        for binding in KeyMap.bindings(in: context) {
            for key in binding.keys {
                #expect(
                    seen[key] == nil, "\(key) in \(context): \(binding.action) and \(String(describing: seen[key]))")
                seen[key] = binding.action
            }
        }
    }

    @Test(arguments: Context.allCases)
    func `help and the way out are everywhere`(context: Context) {
        #expect(KeyMap.action(.character("?"), in: context) == .help)
        #expect(KeyMap.action(.escape, in: context) == .back)
        #expect(KeyMap.action(.control("c"), in: context) == .quit)
    }

    @Test func `every action has a key, or is a half of what one does`() {
        let bound = Set((KeyMap.bindings + KeyMap.halves.values.joined()).map(\.action))
        #expect(Set(Action.allCases).subtracting(bound).isEmpty)
        for (action, halves) in KeyMap.halves {
            let keys = KeyMap.bindings.filter { $0.action == action }.map(\.keys)
            #expect(halves.allSatisfy { keys.contains($0.keys) }, "\(action)")
        }
    }
}
