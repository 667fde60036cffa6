/// Names of the tiny autoencoder TAESD: two files of numbered layers, or diffusers' single one.
///
/// The decoder of the original begins with a layer without weights that diffusers does not count.
enum TinyAutoencoderNames {
    enum Half: String {
        case encoder, decoder
    }

    /// Which half a file of numbered layers is: the encoder begins with a layer that takes colours.
    static func half(_ shapes: [String: [Int]]) -> Half? {
        if let first = shapes["0.weight"], first.count == 4, first[1] == 3 { return .encoder }
        if let first = shapes["1.weight"], first.count == 4, shapes["0.weight"] == nil { return .decoder }
        return nil
    }

    /// - Parameter half: of a file of numbered layers; nil for diffusers' layout
    /// - Returns: diffusers' name, `encoder.layers.N...`; nil for a name that belongs to neither layout
    static func diffusers(_ name: String, half: Half?) -> String? {
        guard let half else {
            return name.hasPrefix("encoder.layers.") || name.hasPrefix("decoder.layers.") ? name : nil
        }
        guard let dot = name.firstIndex(of: "."), let number = Int(name[..<dot]), (0..<1024).contains(number) else {
            return nil
        }
        let shift = half == .decoder ? 1 : 0
        guard number >= shift else { return nil }
        return "\(half.rawValue).layers.\(number - shift)\(name[dot...])"
    }
}
