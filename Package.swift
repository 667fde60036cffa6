// swift-tools-version: 6.1
// LivePhoto: a photo, a sentence and a motion intensity become a clip.
//
// Dependency arrows point down only:
//   LivePhoto (C skin) -> LPPipeline, LPMedia
//   LPPipeline         -> LPModels, LPSampling
//   LPModels           -> LPWeights -> LPTensor -> CLPKernels, OpenBLAS
//   LPSampling         -> LPTensor
//   LPMedia            -> libpng, FFmpeg (never on models)
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "livephoto",
    products: [
        .library(name: "livephoto", type: .dynamic, targets: ["LivePhoto", "LivePhotoLinkage"]),
        .executable(name: "livephoto-command", targets: ["LivePhotoCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // System libraries and the public header.
        .systemLibrary(name: "CLivePhoto", path: "include"),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat",
            providers: [.apt(["libavcodec-dev", "libavformat-dev", "libavutil-dev", "libswscale-dev"])]),

        // Engine.
        .target(name: "CLPKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]),
        .target(name: "LPTensor", dependencies: ["CLPKernels", "COpenBLAS"], swiftSettings: swiftSettings),
        .target(name: "LPWeights", dependencies: ["LPTensor"], swiftSettings: swiftSettings),
        .target(name: "LPModels", dependencies: ["CLPKernels", "LPTensor", "LPWeights"], swiftSettings: swiftSettings),
        .target(name: "LPSampling", dependencies: ["LPTensor"], swiftSettings: swiftSettings),
        .target(
            name: "LPPipeline", dependencies: ["LPTensor", "LPWeights", "LPModels", "LPSampling"],
            swiftSettings: swiftSettings),
        .target(name: "LPMedia", dependencies: ["CPNG", "CFFmpeg"], swiftSettings: swiftSettings),

        // The C API (liblivephoto.so) and the command line over it.
        .target(
            name: "LivePhoto", dependencies: ["CLivePhoto", "LPPipeline", "LPMedia", "LPTensor"],
            exclude: ["exports.map"],
            swiftSettings: swiftSettings),
        // Linker settings reach every product above their target. This empty target gives liblivephoto.so its soname,
        // export list and static Swift runtime without giving them to the command line and the tests.
        .target(
            name: "LivePhotoLinkage",
            linkerSettings: [
                .unsafeFlags([
                    "-static-stdlib",
                    "-Xlinker", "-soname=liblivephoto.so.0",
                    "-Xlinker", "--version-script=Sources/LivePhoto/exports.map",
                    "-Xlinker", "-z", "-Xlinker", "nodelete",
                ])
            ]),
        .executableTarget(
            name: "LivePhotoCommand",
            dependencies: [
                "CLivePhoto", "LivePhoto", "LPTensor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["livephoto.1"],
            swiftSettings: swiftSettings),

        // Runs one network on given inputs; Tests/Reference/full_size.py compares the result with PyTorch. Not a product.
        .executableTarget(
            name: "LivePhotoParity", dependencies: ["LPPipeline", "LPModels", "LPSampling", "LPTensor", "LPWeights"],
            swiftSettings: swiftSettings),

        // Tests.
        .target(name: "LPTestSupport", dependencies: ["LPTensor", "LPWeights"], path: "Tests/LPTestSupport"),
        .testTarget(name: "LPTensorTests", dependencies: ["LPTensor", "CLPKernels", "LPTestSupport"]),
        .testTarget(name: "LPWeightsTests", dependencies: ["LPWeights", "LPTestSupport"]),
        .testTarget(name: "LPModelsTests", dependencies: ["LPModels", "LPMedia", "LPTestSupport"]),
        .testTarget(name: "LPSamplingTests", dependencies: ["LPSampling", "LPTestSupport"]),
        .testTarget(name: "LPPipelineTests", dependencies: ["LPPipeline", "LPTestSupport"]),
        .testTarget(name: "LPMediaTests", dependencies: ["LPMedia"]),
        .testTarget(name: "LivePhotoTests", dependencies: ["LivePhoto", "CLivePhoto", "LPMedia", "LPPipeline"]),
    ]
)
