import Glibc
import LPTensor

/// Bytes of weights that live as long as this object: owned memory (64-byte aligned) or a read-only file mapping.
package final class WeightMemory: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let count: Int
    private let isMapping: Bool

    /// - Throws: `TensorError.outOfMemory`.
    init(bytes count: Int) throws {
        var memory: UnsafeMutableRawPointer?
        guard count >= 0, posix_memalign(&memory, 64, max(count, 64)) == 0, let memory else {
            throw TensorError.outOfMemory(bytes: count)
        }
        self.pointer = memory
        self.count = count
        self.isMapping = false
    }

    /// The first `file.size` bytes of the file, not copied. The file must not shrink while this lives.
    init(mapping file: ReadableFile) throws {
        let memory = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
        guard let memory, memory != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw WeightError.file(path: file.path, reason: "cannot be mapped into memory (system error \(errno))")
        }
        self.pointer = memory
        self.count = file.size
        self.isMapping = true
    }

    deinit {
        if isMapping {
            munmap(pointer, count)
        } else {
            free(pointer)
        }
    }

    /// Takes the whole pages of some bytes of a mapping out of this process until they are read again; the system's cache
    /// of the file keeps them.
    func releasePages(_ bytes: Range<Int>) {
        let page = max(sysconf(Int32(_SC_PAGESIZE)), 1)
        let (start, end) = ((bytes.lowerBound + page - 1) / page * page, min(bytes.upperBound, count) / page * page)
        if isMapping, start < end { madvise(pointer + start, end - start, MADV_DONTNEED) }
    }

    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: pointer, count: count) }
}
