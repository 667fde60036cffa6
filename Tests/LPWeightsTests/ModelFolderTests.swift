import Foundation
import LPWeights
import Testing

@Suite struct ModelFolderTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        for file in ModelFolder.File.allCases { try folder.write([1], file.rawValue) }
        try folder.write(try ScratchFolder.fixture("weights/config.json"), "config.json")
    }

    private func failure() -> String {
        do {
            _ = try ModelFolder(path: folder.path)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func findsItsFiles() throws {
        for path in [folder.path, folder.path + "/"] {
            let model = try ModelFolder(path: path)
            #expect(model.files.count == ModelFolder.File.allCases.count)
            #expect(model.path(of: .vae) == folder.path + "/vae.safetensors")
        }
    }

    @Test func partsThatAreOffNeedNoFile() throws {
        let text = String(decoding: try ScratchFolder.fixture("weights/config.json"), as: UTF8.self)
            .replacingOccurrences(of: "\"text_reweighting\"", with: "\"unused\"")
        try folder.write([UInt8](text.utf8), "config.json")
        try FileManager.default.removeItem(atPath: folder.path + "/text_reweighting.safetensors")
        #expect(try ModelFolder(path: folder.path).files.contains(.textReweighting) == false)
    }

    @Test func noSuchFolder() {
        #expect(throws: WeightError.file(path: "/no/model", reason: "no such folder")) {
            try ModelFolder(path: "/no/model")
        }
    }

    @Test func aFileInPlaceOfAFolder() throws {
        let path = try folder.write([1], "model.safetensors")
        #expect(throws: WeightError.file(path: path, reason: "not a folder; a model is a folder with a config.json")) {
            try ModelFolder(path: path)
        }
    }

    @Test func emptyPathAndNUL() {
        #expect(throws: WeightError.self) { try ModelFolder(path: "") }
        #expect(throws: WeightError.self) { try ModelFolder(path: "/tmp\0") }
    }

    @Test(arguments: ModelFolder.File.allCases.filter { $0 != .tinyAutoencoder })
    func missingFile(file: ModelFolder.File) throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(file.rawValue)")
        #expect(failure() == "\(folder.path)/\(file.rawValue): no such file")
    }

    @Test(arguments: ModelFolder.File.allCases)
    func folderInPlaceOfAFile(file: ModelFolder.File) throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(file.rawValue)")
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/\(file.rawValue)", withIntermediateDirectories: false)
        #expect(failure() == "\(folder.path)/\(file.rawValue): a folder where a file is due")
    }

    @Test(arguments: ModelFolder.File.allCases)
    func emptyFile(file: ModelFolder.File) throws {
        try folder.write([], file.rawValue)
        #expect(failure() == "\(folder.path)/\(file.rawValue): the file is empty")
    }

    @Test func unreadableFile() throws {
        guard getuid() != 0 else { return }  // root reads everything
        chmod("\(folder.path)/vae.safetensors", 0)
        #expect(failure() == "\(folder.path)/vae.safetensors: permission denied")
    }

    @Test func hugeConfigurationIsNotRead() throws {
        try folder.write([UInt8](repeating: 0x20, count: (1 << 20) + 1), "config.json")
        #expect(failure().contains("larger than"))
    }
}
