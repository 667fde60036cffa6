import Foundation
import LPMedia
import LPModels
import LPTensor
import Testing

/// For the eye: pictures of what the plates look like, and how long they take on one thread.
///
///     LIVEPHOTO_GALLERY=out/plates LIVEPHOTO_PHOTOS=Examples/photos swift test --filter PlateGallery
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LIVEPHOTO_GALLERY"] != nil)) struct PlateGallery {
    @Test func draw() throws {
        let environment = ProcessInfo.processInfo.environment
        let output = URL(fileURLWithPath: environment["LIVEPHOTO_GALLERY"] ?? "out/plates")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let folder = URL(fileURLWithPath: environment["LIVEPHOTO_PHOTOS"] ?? "Examples/photos")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let compute = Compute(threads: 1)
        for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "jpg" {
            let name = file.deletingPathExtension().lastPathComponent
            let photo = try read(file, width: environment["LIVEPHOTO_WIDTH"].flatMap(Int.init), compute)
            let (height, width) = (photo.shape[0], photo.shape[1])
            let margin = CanvasExtension.largestMargin(height: height, width: width)
            let margins = CanvasExtension.Margins(left: margin, top: margin, right: margin, bottom: margin)
            let hole = try PlateScene.disc(height: height, width: width)
            let coarse = try PlateScene.disc(height: 64, width: 64)
            print("\(name) \(width)x\(height)")
            let canvas = try timed("canvas") { try CanvasExtension().extend(photo, by: margins, compute) }
            let filled = try timed("fill") { try PlateFill().fill(photo, hole: hole, compute) }
            let mask = try timed("mask") { try MaskRefiner().refine(coarse, photo: photo, compute) }
            try write(canvas, output, "\(name)-canvas")
            try write(filled, output, "\(name)-fill")
            try write(cut(photo, mask), output, "\(name)-mask")
        }
    }

    /// Prints the processor time of this thread, which is not disturbed by others.
    private func timed(_ name: String, _ body: () throws -> Tensor) throws -> Tensor {
        func seconds() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
        let start = seconds()
        let result = try body()
        print("   ", name, String(format: "%.2f s", seconds() - start))
        return result
    }

    /// The photo on magenta.
    private func cut(_ photo: Tensor, _ mask: Tensor) throws -> Tensor {
        let result = try photo.copy()
        for index in 0..<mask.count {
            for (channel, ground) in [Float(0.8), 0, 0.8].enumerated() {
                let value = photo.pointer[3 * index + channel]
                result.pointer[3 * index + channel] = ground + mask.pointer[index] * (value - ground)
            }
        }
        return result
    }

    private func read(_ file: URL, width: Int?, _ compute: Compute) throws -> Tensor {
        let image = try ImageReader.read(path: file.path)
        let photo = try Tensor(image.array.map { Float($0) / 255 }, shape: [1, image.height, image.width, 3])
        let columns = width ?? image.width
        let rows = max(image.height * columns / image.width, 1)
        return try compute.resizeBilinear(photo, height: rows, width: columns, antialias: true).reshaped([
            rows, columns, 3,
        ])
    }

    private func write(_ picture: Tensor, _ folder: URL, _ name: String) throws {
        let image = try RGBImage(width: picture.shape[1], height: picture.shape[0])
        for index in 0..<picture.count {
            image.pixels.pointer[index] = UInt8(min(max(picture.pointer[index], 0), 1) * 255 + 0.5)
        }
        try PNGWriter.write(image, to: folder.appendingPathComponent("\(name).png").path)
    }
}
