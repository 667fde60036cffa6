import CLivePhoto
import Glibc

/// A struct of the header that begins with its size as the caller knows it.
protocol SizedStruct {
    var struct_size: UInt32 { get set }
    /// Bytes of the struct in the first version that had it.
    static var firstSize: Int { get }
}

extension livephoto_progress: SizedStruct {
    static var firstSize: Int { 48 }
}

extension livephoto_measurement: SizedStruct {
    static var firstSize: Int { 24 }
}

extension SizedStruct {
    /// - Throws: `Refusal.argument` when the caller has not set `struct_size`.
    static func check(_ target: UnsafeMutablePointer<Self>) throws {
        // Only the first field is read: the caller's struct may be shorter than ours.
        let size = UnsafeRawPointer(target).loadUnaligned(as: UInt32.self)
        guard Int(size) >= firstSize else {
            throw Refusal.argument("struct_size is \(size): set it to the sizeof of the struct, or use its _INIT macro")
        }
    }

    /// Writes the fields that the caller knows, and leaves `struct_size` as the caller set it.
    func store(in target: UnsafeMutablePointer<Self>) throws {
        try Self.check(target)
        let size = UnsafeRawPointer(target).loadUnaligned(as: UInt32.self)
        var copy = self
        copy.struct_size = size
        withUnsafeBytes(of: copy) { bytes in
            guard let source = bytes.baseAddress else { return }
            _ = memcpy(target, source, min(Int(size), bytes.count))
        }
    }
}
