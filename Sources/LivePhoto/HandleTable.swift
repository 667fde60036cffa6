import Glibc
import LPTensor
import Synchronization

/// All live handles of the process.
///
/// A handle is looked up here before anything behind it is touched: NULL, freed, doubly freed and foreign pointers are
/// found out without reading through them.
final class HandleTable: @unchecked Sendable {
    static let shared = HandleTable()

    private let monitor = Lock()
    private var boxes: [AnyObject?] = []
    private var vacant: [Int] = []
    private var use: UInt = 0
    /// The ticket in each slot, 0 for none, with bit 0 set once a cancellation is wanted. Never moved and never freed,
    /// so that a signal handler can look at it without the lock.
    private let cells: UnsafeMutablePointer<Atomic<UInt>>

    private init() {
        // Zero pages from the system: untouched slots cost nothing.
        let count = Ticket.slots * MemoryLayout<Atomic<UInt>>.stride
        let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        if let memory, memory != UnsafeMutableRawPointer(bitPattern: -1) {
            cells = memory.bindMemory(to: Atomic<UInt>.self, capacity: Ticket.slots)
        } else {
            cells = .allocate(capacity: Ticket.slots)
            for slot in 0..<Ticket.slots { (cells + slot).initialize(to: Atomic(0)) }
        }
        // A child must not inherit a lock that a thread of its parent holds.
        pthread_atfork(
            { HandleTable.shared.monitor.lock() }, { HandleTable.shared.monitor.unlock() },
            { HandleTable.shared.monitor.unlock() })
    }

    /// Enters a box and returns its handle; nil when 65,536 handles are alive.
    func insert(_ box: AnyObject, kind: Ticket.Kind) -> OpaquePointer? {
        monitor.holding {
            let slot: Int
            if let reused = vacant.popLast() {
                slot = reused
            } else if boxes.count < Ticket.slots {
                slot = boxes.count
                boxes.append(nil)
            } else {
                return nil
            }
            use += 1
            let ticket = Ticket(kind: kind, slot: slot, use: use)
            boxes[slot] = box
            cells[slot].store(ticket.bits, ordering: .sequentiallyConsistent)
            return ticket.handle
        }
    }

    /// The box of a live handle.
    func box<Box: AnyObject>(_ handle: OpaquePointer?, kind: Ticket.Kind, as type: Box.Type) -> Box? {
        guard let ticket = Ticket(handle, kind: kind) else { return nil }
        return monitor.holding { holds(ticket) ? boxes[ticket.slot] as? Box : nil }
    }

    /// Takes a handle out; from now on it is dead. Nil if it was dead already.
    func remove<Box: AnyObject>(_ handle: OpaquePointer?, kind: Ticket.Kind, as type: Box.Type) -> Box? {
        guard let ticket = Ticket(handle, kind: kind) else { return nil }
        return monitor.holding {
            guard holds(ticket), let box = boxes[ticket.slot] as? Box else { return nil }
            boxes[ticket.slot] = nil
            cells[ticket.slot].store(0, ordering: .sequentiallyConsistent)
            vacant.append(ticket.slot)
            return box
        }
    }

    /// Notes the wish to cancel and passes it on to the box. Safe in a signal handler: it waits for no lock. Where the
    /// handler interrupted the lock's owner, the note alone must do; `takeCancellation` finds it after the step.
    ///
    /// - Returns: false for a handle that is not alive.
    func requestCancellation(_ handle: OpaquePointer?, _ pass: (AnyObject) -> Void) -> Bool {
        guard let ticket = Ticket(handle, kind: .pipeline) else { return false }
        let noted = cells[ticket.slot].compareExchange(
            expected: ticket.bits, desired: ticket.bits | 1, ordering: .sequentiallyConsistent)
        guard noted.exchanged || noted.original == ticket.bits | 1 else { return false }
        for _ in 0..<100 {
            if monitor.tryLock() {
                if holds(ticket), let box = boxes[ticket.slot] { pass(box) }
                monitor.unlock()
                break
            }
            sched_yield()
        }
        return true
    }

    /// Whether a cancellation was noted since the last call of this function; forgets it.
    func takeCancellation(_ handle: OpaquePointer?) -> Bool {
        guard let ticket = Ticket(handle, kind: .pipeline) else { return false }
        return cells[ticket.slot].compareExchange(
            expected: ticket.bits | 1, desired: ticket.bits, ordering: .sequentiallyConsistent
        ).exchanged
    }

    private func holds(_ ticket: Ticket) -> Bool {
        cells[ticket.slot].load(ordering: .sequentiallyConsistent) & ~1 == ticket.bits
    }
}
