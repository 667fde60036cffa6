import Testing

@testable import LivePhoto

/// Dead, foreign and recycled handles. The tests in Tests/ABITests look at the same from outside.
struct HandleTableTests {
    private final class Box {}

    @Test func findsWhatIsAlive() throws {
        let box = Box()
        let handle = HandleTable.shared.insert(box, kind: .model)
        #expect(handle != nil)
        #expect(HandleTable.shared.box(handle, kind: .model, as: Box.self) === box)
        #expect(HandleTable.shared.remove(handle, kind: .model, as: Box.self) === box)
        #expect(HandleTable.shared.box(handle, kind: .model, as: Box.self) == nil)
        #expect(HandleTable.shared.remove(handle, kind: .model, as: Box.self) == nil)
    }

    @Test func keepsKindsApart() {
        let handle = HandleTable.shared.insert(Box(), kind: .model)
        #expect(HandleTable.shared.box(handle, kind: .pipeline, as: Box.self) == nil)
        #expect(HandleTable.shared.remove(handle, kind: .pipeline, as: Box.self) == nil)
        #expect(HandleTable.shared.remove(handle, kind: .model, as: Box.self) != nil)
    }

    @Test func aRecycledSlotDoesNotReviveADeadHandle() {
        var seen: Set<OpaquePointer> = []
        for _ in 0..<1000 {
            guard let handle = HandleTable.shared.insert(Box(), kind: .pipeline) else { continue }
            #expect(seen.insert(handle).inserted)
            _ = HandleTable.shared.remove(handle, kind: .pipeline, as: Box.self)
        }
        for handle in seen { #expect(HandleTable.shared.box(handle, kind: .pipeline, as: Box.self) == nil) }
    }

    @Test(arguments: [0, 1, 16, 4096, Int.max, -1, 0x7fff_ffff_f000])
    func refusesNumbersThatAreNoHandles(_ bits: Int) {
        #expect(Ticket(OpaquePointer(bitPattern: bits), kind: .model) == nil)
    }

    @Test func notesACancellationOnce() {
        let handle = HandleTable.shared.insert(Box(), kind: .pipeline)
        #expect(!HandleTable.shared.takeCancellation(handle))
        var passed = 0
        #expect(HandleTable.shared.requestCancellation(handle) { _ in passed += 1 })
        #expect(HandleTable.shared.requestCancellation(handle) { _ in passed += 1 })
        #expect(passed == 2)
        #expect(HandleTable.shared.takeCancellation(handle))
        #expect(!HandleTable.shared.takeCancellation(handle))
        _ = HandleTable.shared.remove(handle, kind: .pipeline, as: Box.self)
        #expect(!HandleTable.shared.requestCancellation(handle) { _ in })
    }

    @Test func outlivesARaceOfThreads() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        let handle = HandleTable.shared.insert(Box(), kind: .pipeline)
                        _ = HandleTable.shared.requestCancellation(handle) { _ in }
                        #expect(HandleTable.shared.remove(handle, kind: .pipeline, as: Box.self) != nil)
                    }
                }
            }
        }
    }
}
