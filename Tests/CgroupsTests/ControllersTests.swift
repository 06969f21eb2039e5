import Cgroups
import Testing

@Suite struct ControllersTests {
    @Test func `each controller is a member of its own`() {
        for controller in Controller.allCases {
            let one: Controllers = [controller]
            #expect(Controller.allCases.filter(one.contains) == [controller])
            #expect(one.first == controller)
        }
        #expect(Array(Controllers.all) == Controller.allCases)
    }

    @Test func `sets are joined, cut and compared as sets are`() {
        let some: Controllers = [.memory, .pids]
        #expect(some.union([.io]) == [.io, .memory, .pids])
        #expect(some.intersection([.io, .pids]) == [.pids])
        #expect(some.isDisjoint(with: [.io, .cpu]))
        #expect(!some.isDisjoint(with: [.memory]))
        #expect(Controllers().isEmpty && Controllers().first == nil)
    }
}
