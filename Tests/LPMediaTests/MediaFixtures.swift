import Glibc
import Testing

@testable import LPMedia

/// The committed files of Tests/Fixtures/media and what they hold.
enum MediaFixtures {
    struct Expectation: CustomTestStringConvertible {
        let name: String
        let width: Int
        let height: Int
        let hasAlpha: Bool
        let mean: Double
        let largest: Int
        let offset: Int

        var testDescription: String { name }
        var pixels: ArraySlice<UInt8> { MediaFixtures.blob[offset..<offset + width * height * 3] }
        var alpha: ArraySlice<UInt8> {
            MediaFixtures.blob[offset + width * height * 3..<offset + width * height * 4]
        }
    }

    static let folder: String = {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/Fixtures/media"
    }()

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func bytes(_ name: String) -> [UInt8] {
        guard let file = try? FileBytes.read(path(name)) else { return [] }
        return file.array
    }

    static let blob = bytes("expected.bin")

    static let all: [Expectation] = lines("expected.tsv").compactMap { line in
        let field = line.split(separator: "\t").map(String.init)
        guard field.count == 7, let width = Int(field[1]), let height = Int(field[2]), let mean = Double(field[4]),
            let largest = Int(field[5]), let offset = Int(field[6])
        else { return nil }
        return Expectation(
            name: field[0], width: width, height: height, hasAlpha: field[3] == "1", mean: mean, largest: largest,
            offset: offset)
    }

    static func lines(_ name: String) -> [String] {
        String(decoding: bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    /// A smooth moving picture without symmetry.
    static func frame(_ index: Int, width: Int, height: Int) throws -> RGBImage {
        let image = try RGBImage(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                let u = Double(x) / 40 + Double(index) * 0.1
                let v = Double(y) / 30 - Double(index) * 0.05
                let pixel = image.pixels.pointer + (y * width + x) * 3
                pixel[0] = UInt8(127.5 + 120 * sin(u))
                pixel[1] = UInt8(127.5 + 110 * sin(v + 1) * cos(u / 2))
                pixel[2] = UInt8(127.5 + 100 * cos(u - v))
            }
        }
        return image
    }

    /// Mean absolute difference of two images of one size, in levels.
    static func difference(_ a: RGBImage, _ b: RGBImage) -> Double {
        guard a.width == b.width, a.height == b.height else { return .infinity }
        var sum = 0
        for index in 0..<a.pixels.count { sum += abs(Int(a.pixels.pointer[index]) - Int(b.pixels.pointer[index])) }
        return Double(sum) / Double(a.pixels.count)
    }
}

/// A folder for one test, removed with everything in it.
final class ScratchFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/livephoto-media-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { name in
            guard let base = name.baseAddress, let made = mkdtemp(base) else { return "/tmp" }
            return String(cString: made)
        }
        try #require(path != "/tmp")
    }

    deinit { Self.remove(path) }

    /// Names in the folder, sorted.
    var names: [String] { Self.names(path) }

    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let sink = try FileSink(creating: "\(path)/\(name)", path: name)
        try sink.write(bytes)
        try sink.finish()
        return "\(path)/\(name)"
    }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            chmod(path, 0o700)
            for name in names(path) { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
