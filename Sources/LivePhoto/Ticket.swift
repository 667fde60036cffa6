/// What a host holds for a handle: a number that looks like a pointer and is never read through.
///
/// Bits 63...48 are a fixed mark that no user-space address has, so a host that reads through a handle faults at once;
/// bits 47...20 count the uses of the slot, so that a freed handle stays dead when the slot is used again;
/// bits 19...4 are the slot; bits 3...1 the kind; bit 0 is free for the table.
struct Ticket: Equatable {
    enum Kind: UInt {
        case model = 1
        case pipeline = 2
    }

    static let slots = 1 << 16
    private static let mark: UInt = 0x4C50 << 48  // "LP"
    private static let uses: UInt = 1 << 28

    let bits: UInt

    init(kind: Kind, slot: Int, use: UInt) {
        let place = UInt(truncatingIfNeeded: slot & 0xFFFF)
        bits = Ticket.mark | (use % Ticket.uses) << 20 | place << 4 | kind.rawValue << 1
    }

    /// - Returns: nil for NULL and for anything that was never a ticket of this kind.
    init?(_ handle: OpaquePointer?, kind: Kind) {
        let bits = UInt(bitPattern: handle)
        guard bits & (0xFFFF << 48) == Ticket.mark, bits & 0xF == kind.rawValue << 1 else { return nil }
        self.bits = bits
    }

    var slot: Int { Int(bits >> 4 & 0xFFFF) }
    var handle: OpaquePointer? { OpaquePointer(bitPattern: bits) }
}
