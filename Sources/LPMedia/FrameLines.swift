import CFFmpeg

/// Reads single components of a frame line by line, whatever the layout: planar, packed, padded, either byte order.
struct FrameLines {
    let componentCount: Int
    private let description: UnsafePointer<AVPixFmtDescriptor>
    private let planes: [UnsafePointer<UInt8>?]
    private let strides: [Int32]
    private let depths: [Int32]

    init(_ frame: UnsafeMutablePointer<AVFrame>, _ description: UnsafePointer<AVPixFmtDescriptor>) {
        self.description = description
        componentCount = Int(description.pointee.nb_components)
        let data = frame.pointee.data
        planes = [data.0, data.1, data.2, data.3].map { $0.map { UnsafePointer($0) } }
        let lines = frame.pointee.linesize
        strides = [lines.0, lines.1, lines.2, lines.3]
        let components = description.pointee.comp
        depths = [components.0.depth, components.1.depth, components.2.depth, components.3.depth]
    }

    /// Bits of a component, 1...16.
    func depth(_ component: Int) -> Int {
        guard depths.indices.contains(component) else { return 8 }
        return min(max(Int(depths[component]), 1), 16)
    }

    /// Copies `count` samples of line `line` of the component's own plane.
    func read(_ component: Int, line: Int, count: Int, into values: UnsafeMutablePointer<UInt16>) {
        planes.withUnsafeBufferPointer { planes in
            strides.withUnsafeBufferPointer { strides in
                guard let data = UnsafeMutablePointer(mutating: planes.baseAddress), let sizes = strides.baseAddress
                else { return }
                av_read_image_line2(
                    values, data, sizes, description, 0, Int32(line), Int32(component), Int32(count), 0, 2)
            }
        }
    }
}
