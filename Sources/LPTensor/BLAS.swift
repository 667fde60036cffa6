import CLPKernels
import COpenBLAS
import Glibc

/// The matrix products of OpenBLAS, with the two things it gets wrong in a library: which processor it is on, and how many
/// threads it may use. Everything beyond `cblas_sgemm` is looked up at run time, so that another CBLAS serves as well.
package enum BLAS {
    private typealias NameFunction = @convention(c) () -> UnsafePointer<CChar>?
    private typealias PlainFunction = @convention(c) () -> Void
    private typealias CountFunction = @convention(c) () -> Int32
    private typealias SetCountFunction = @convention(c) (Int32) -> Void

    /// The kernels in use, such as "Haswell", or "unknown".
    package static var coreName: String {
        guard let symbol = dlsym(nil, "openblas_get_corename") else { return "unknown" }
        return unsafeBitCast(symbol, to: NameFunction.self)().map { String(cString: $0) } ?? "unknown"
    }

    /// Makes sure, once per process, that the products run with kernels that fit the processor.
    package static func prepare() { _ = prepared }

    private static let prepared: Void = cure()

    /// Debian 12's OpenBLAS 0.3.21 takes processors newer than itself for a "Prescott" and uses SSE3, four times slower than
    /// it could be. Its own way to choose anew is used when the kernels are worse than the processor.
    static func cure() {
        let level = processorLevel
        guard level > 0, rank(coreName) < 1 else { return }
        // On AMD's AVX-512 processors the AVX2 kernels are as fast or faster (measured on Zen 4).
        select(level == 2 && clp_processor_vendor() == 1 ? "SkylakeX" : "Haswell")
    }

    /// 0: SSE, 1: AVX2 with FMA, 2: AVX-512.
    static var processorLevel: Int { Int(clp_processor_level()) }

    /// Loads the kernels for `core`, and leaves the environment as it was. Only while nobody computes.
    static func select(_ core: String) {
        guard let quit = dlsym(nil, "gotoblas_dynamic_quit"), let start = dlsym(nil, "gotoblas_dynamic_init") else {
            return
        }
        let variable = "OPENBLAS_CORETYPE"
        let before = getenv(variable).map { String(cString: $0) }
        setenv(variable, core, 1)
        unsafeBitCast(quit, to: PlainFunction.self)()
        unsafeBitCast(start, to: PlainFunction.self)()
        if let before { setenv(variable, before, 1) } else { unsetenv(variable) }
    }

    /// 2: AVX-512, 1: AVX2, 0: older, 3: a name not known here, which must be newer.
    private static func rank(_ core: String) -> Int {
        switch core.lowercased() {
        case "skylakex", "cooperlake", "sapphirerapids": 2
        case "haswell", "zen", "excavator": 1
        case "prescott", "core2", "penryn", "dunnington", "atom", "nehalem", "sandybridge", "opteron", "opteron_sse3",
            "athlon", "barcelona", "bobcat", "bulldozer", "piledriver", "steamroller", "nano", "katmai", "coppermine",
            "northwood", "banias", "generic":
            0
        default: 3
        }
    }

    // MARK: Threads

    private static let lock = Lock()
    private nonisolated(unsafe) static var users = 0
    private nonisolated(unsafe) static var hostThreads: Int32 = 1
    private static let getThreads = dlsym(nil, "openblas_get_num_threads").map {
        unsafeBitCast($0, to: CountFunction.self)
    }
    private static let setThreads = dlsym(nil, "openblas_set_num_threads")
        .map { unsafeBitCast($0, to: SetCountFunction.self) }

    /// The first computation of the process to come in sets OpenBLAS to one thread, the last to leave gives back the host's
    /// number.
    static func enter() {
        prepare()
        lock.holding {
            users += 1
            guard users == 1, let getThreads, let setThreads else { return }
            hostThreads = getThreads()
            if hostThreads != 1 { setThreads(1) }
        }
    }

    static func leave() {
        lock.holding {
            users -= 1
            guard users == 0, let setThreads, hostThreads != 1 else { return }
            setThreads(hostThreads)
        }
    }

    // MARK: Products

    /// A matrix in memory: its first element and the distance of its rows.
    struct Matrix {
        var pointer: UnsafePointer<Float>
        var stride: Int
        /// Whether the product takes it transposed.
        var transposed = false
    }

    /// c [m, n] = factor * a [m, k] * b [k, n] + keep * c.
    static func product(
        _ m: Int, _ n: Int, _ k: Int, _ a: Matrix, _ b: Matrix, factor: Float = 1, keep: Float = 0,
        _ c: UnsafeMutablePointer<Float>, stride: Int
    ) throws {
        guard m > 0, n > 0 else { return }
        guard let m = Int32(exactly: m), let n = Int32(exactly: n), let k = Int32(exactly: k),
            let lda = Int32(exactly: max(a.stride, 1)), let ldb = Int32(exactly: max(b.stride, 1)),
            let ldc = Int32(exactly: max(stride, 1))
        else { throw TensorError.shape("product [\(m), \(k)] x [\(k), \(n)]: beyond 31 bits") }
        cblas_sgemm(
            CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
            m, n, k, factor, a.pointer, lda, b.pointer, ldb, keep, c, ldc)
    }
}
