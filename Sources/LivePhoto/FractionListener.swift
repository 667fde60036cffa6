import CLivePhoto

/// A host's livephoto_fraction_callback.
struct FractionListener {
    let callback: livephoto_fraction_callback?
    let userData: UnsafeMutableRawPointer?

    /// - Returns: false when the host asks to stop
    func hear(_ fraction: Double) -> Bool {
        guard let callback else { return true }
        return callback(min(max(fraction, 0), 1), userData) == 0
    }
}
