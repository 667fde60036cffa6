import Glibc
import LPTensor
import Testing

@testable import LPModels
@testable import LPPipeline

/// What a region does in a finished clip: where its waves are, what holds it, what goes along, what catches the light.
struct RegionTests {
    @Test func wavesOfASmallRegionAreShortAndStayInIt() throws {
        let mask = try Tensor(zeros: [40, 60])
        for row in 4..<12 {
            for column in 40..<50 { mask.pointer[row * 60 + column] = 1 }
        }
        let small = WaveFrame(mask: mask)
        #expect(small.scale > 3 && small.x > 0.4 && small.y < -0.3 && small.farthest < 0.08)
        var script = MotionScript.quiet
        script.fixed[0] = 1
        let (near, far) = (script.scales(1, loops: false, region: small), script.scales(1, loops: false))
        #expect(near.factors[2] <= small.farthest + 1e-5 && far.factors[2] > 2 * near.factors[2])
        // What can go no farther goes faster.
        #expect(near.haste > 1 && script.scales(0.01, loops: false, region: small).haste == 1)
        #expect(script.scales(3, loops: true, region: small).haste.truncatingRemainder(dividingBy: 1) == 0)
        let whole = try Tensor(zeros: [8, 8])
        #expect(WaveFrame(mask: whole).scale == 1)
    }

    @Test func aSmallRegionStaysWhereItIsHeldAndIsNotCarriedAlong() throws {
        let (rows, columns) = (64, 64)
        let mask = try Tensor(zeros: [rows, columns])
        for row in 20..<36 {
            for column in 24..<40 { mask.pointer[row * columns + column] = 1 }
        }
        let frame = WaveFrame(mask: mask)
        let ease = try RegionEase(mask: mask, frame: frame)
        func share(_ row: Int, _ column: Int) -> Float { ease.shares.pointer[row * columns + column] }
        #expect(share(28, 32) == 1 && share(20, 32) < 0.3 && share(28, 24) < 0.3 && share(10, 10) == 0)
        // However far its waves go together, no place fetches from where nothing moves, 0.15 of the 8 cells to where it is thickest.
        for (column, cells) in zip(24..<32, 1...) {
            #expect(share(28, column) * frame.farthest * Float(rows) / 2 <= max(Float(cells) - 0.5 - 0.15 * 8, 0) + 1e-4)
        }

        let photo = try Tensor(uninitialized: [1, rows, columns, 3])
        for index in 0..<photo.count { photo.pointer[index] = Float((index * 7919) % 251) / 251 }
        func moved(_ ease: RegionEase?) throws -> Tensor {
            let region = LayeredPhoto.RegionLayer(mask: mask, plate: photo, waves: frame, ease: ease)
            let layered = try LayeredPhoto(
                height: rows, width: columns, canvas: photo, left: 0, top: 0, object: nil, region: region, depth: ease?.shares ?? mask)
            var script = MotionScript.quiet
            script.fixed[0] = 1
            let scales = script.scales(1, loops: false, region: frame)
            return try layered.frame(script.frame(at: 0.37, loops: false, scales: scales), bicubic: true, Compute(threads: 1))
        }
        func change(_ frame: Tensor, _ row: Int) -> Float {
            (24..<40).reduce(0) { $0 + abs(frame.pointer[(row * columns + $1) * 3] - photo.pointer[(row * columns + $1) * 3]) }
        }
        let (held, loose) = (try moved(ease), try moved(nil))
        #expect(change(held, 20) < 0.4 * change(loose, 20) && change(held, 28) > 0.1 && change(held, 40) == 0)

        // No common part: the mean of what each place shows is 0.
        for (index, mean) in ease.means.enumerated() {
            let own = RegionOffsets.means(over: ease.shares, frame: frame)[index]
            #expect(abs(mean.sine - own.sine) < 1e-5 && abs(mean.cosine - own.cosine) < 1e-5)
        }
        // A large region has all of its waves.
        let sea = try Tensor(zeros: [32, 32])
        for index in 512..<1024 { sea.pointer[index] = 1 }
        let whole = try RegionEase(mask: sea, frame: WaveFrame(mask: sea))
        #expect((0..<1024).allSatisfy { whole.shares.pointer[$0] == 1 } && whole.means.allSatisfy { $0.sine == 0 && $0.cosine == 0 })
    }

    /// A block that stands before something far to its right, and touches something as near to its left.
    private static func flag() throws -> (mask: Tensor, nearness: Tensor) {
        let (mask, nearness) = (try Tensor(zeros: [64, 64]), try Tensor(zeros: [64, 64]))
        for index in 0..<mask.count {
            let (row, column) = (index / 64, index % 64)
            mask.pointer[index] = (20..<44).contains(row) && (20..<44).contains(column) ? 1 : 0
            nearness.pointer[index] = column < 44 ? 0.7 : 0.2
        }
        return (mask, nearness)
    }

    @Test func anOutlineIsFreeBeforeWhatIsFarther() throws {
        let (mask, nearness) = try Self.flag()
        let outline = RegionOutline(mask: mask, nearness: nearness)
        #expect(outline.free[32 * 64 + 44] && !outline.free[32 * 64 + 19] && outline.edge[32 * 64 + 19] && !outline.edge[32 * 64 + 46])
        let loose = try #require(try outline.surroundings(reach: 4)).pointer
        #expect(loose[32 * 64 + 42] == 1 && loose[32 * 64 + 46] == 1 && loose[32 * 64 + 60] == 0)
        #expect(loose[32 * 64 + 21] == 0 && loose[32 * 64 + 15] == 0)
        let held = RegionOutline(mask: mask, nearness: nil)
        #expect(try !held.free.contains(true) && held.surroundings(reach: 4) == nil)

        let frame = WaveFrame(mask: mask)
        let ease = try RegionEase(mask: mask, frame: frame, nearness: nearness)
        // All of the waves at the free side, and beyond it; none at the one that holds it.
        #expect(ease.shares.pointer[32 * 64 + 43] == 1 && ease.shares.pointer[32 * 64 + 45] == 1 && ease.shares.pointer[32 * 64 + 20] < 0.1)
        #expect(try RegionEase(mask: mask, frame: frame).freedom == nil)
    }

    @Test func aFreeOutlineGoesAlong() throws {
        let (mask, nearness) = try Self.flag()
        let frame = WaveFrame(mask: mask)
        let (photo, plate, behind) = (try Tensor(zeros: [1, 64, 64, 3]), try Tensor(uninitialized: [64, 64, 3]), try Tensor(zeros: [64, 64, 3]))
        for index in 0..<mask.count where mask.pointer[index] > 0.5 {
            for channel in 0..<3 { photo.pointer[3 * index + channel] = 1 }
        }
        plate.pointer.update(repeating: 1, count: plate.count)
        let ease = try RegionEase(mask: mask, frame: frame, nearness: nearness)
        let region = LayeredPhoto.RegionLayer(mask: mask, plate: plate, waves: frame, ease: ease, behind: behind)
        let layered = try LayeredPhoto(
            height: 64, width: 64, canvas: photo, left: 0, top: 0, object: nil, region: region, depth: nearness)
        var script = MotionScript.quiet
        script.fixed[0] = 1
        let scales = script.scales(1, loops: false, region: frame)
        func shown(_ time: Double) throws -> Tensor { try layered.frame(script.frame(at: time, loops: false, scales: scales), bicubic: false, Compute(threads: 1)) }
        #expect(try shown(0).array == photo.array)
        var (grown, gone, left) = (Float(0), Float(0), Float(0))
        for time in stride(from: 0.1, to: 1, by: 0.1) {
            let frame = try shown(time)
            func at(_ row: Int, _ column: Int) -> Float { frame.pointer[3 * (row * 64 + column)] }
            for row in 24..<40 {
                grown = max(grown, at(row, 44))
                gone = max(gone, 1 - at(row, 43))
                left = max(left, max(at(row, 19), 1 - at(row, 20)))
            }
        }
        // White where it has come to, black where it has gone from, and nothing of that where it is held.
        #expect(grown > 0.5 && gone > 0.5 && left < 0.01)
    }

    @Test func liquidsCatchTheLight() throws {
        var script = MotionScript.quiet
        script.fixed[2 * 5 + 1] = 0.05
        #expect(script.isLiquid)
        func light(_ time: Double, loops: Bool = false, steepness: Float = 1) throws -> [Float] {
            let scales = script.scales(1, loops: loops)
            let grid = try #require(try RegionOffsets.grid(script.frame(at: time, loops: loops, scales: scales), steepness: steepness))
            return stride(from: 2, to: grid.count, by: 3).map { grid.pointer[$0] }
        }
        // Not in the photo; then up and down alike.
        #expect(try light(0).allSatisfy { $0 == 0 } && light(0.5, steepness: 0).allSatisfy { $0 == 0 })
        let later = try light(0.5)
        #expect(later.max()! > 0.05 && later.min()! < -0.05 && abs(later.reduce(0, +) / Float(later.count)) < 0.02)
        #expect(try light(0.5, steepness: 1000).allSatisfy { abs($0) <= 0.3 })
        // A loop ends as it begins.
        let (first, last) = (try light(0, loops: true), try light(1, loops: true))
        #expect(first.max()! > 0.05 && zip(first, last).allSatisfy { abs($0 - $1) < 1e-3 })
        script.fixed[0] = 0.1
        #expect(!script.isLiquid)
    }

    @Test func farWavesOfALakeAreSmaller() throws {
        let lake = try Tensor(zeros: [64, 64])
        for index in 32 * 64..<64 * 64 { lake.pointer[index] = 1 }
        let frame = WaveFrame(mask: lake)
        let (top, bottom) = try #require(frame.expanse)
        #expect(abs(top) < 1e-6 && abs(bottom - 1) < 1e-6)
        let puddle = try Tensor(zeros: [64, 64])
        for row in 40..<60 {
            for column in 20..<40 { puddle.pointer[row * 64 + column] = 1 }
        }
        #expect(WaveFrame(mask: puddle).expanse == nil)

        // A photo whose brightness is its column: how far a place has moved aside.
        let photo = try Tensor(uninitialized: [1, 64, 64, 3])
        for index in 0..<photo.count { photo.pointer[index] = Float(index / 3 % 64) / 64 }
        func farthest(_ recedes: (Float, Float)?) throws -> (far: Float, near: Float) {
            let region = LayeredPhoto.RegionLayer(mask: lake, plate: photo, recedes: recedes)
            let layered = try LayeredPhoto(height: 64, width: 64, canvas: photo, left: 0, top: 0, object: nil, region: region, depth: lake)
            var script = MotionScript.quiet
            script.fixed[2 * 5] = 0.05
            var (far, near) = (Float(0), Float(0))
            for time in stride(from: 0.1, to: 1, by: 0.1) {
                let frame = try layered.frame(script.frame(at: time, loops: false), bicubic: false, Compute(threads: 1))
                for column in 16..<48 {
                    func moved(_ row: Int) -> Float { abs(frame.pointer[3 * (row * 64 + column)] - photo.pointer[3 * (row * 64 + column)]) }
                    (far, near) = (max(far, moved(33)), max(near, moved(63)))
                }
            }
            return (far, near)
        }
        let (receding, flat) = (try farthest(frame.expanse), try farthest(nil))
        #expect(receding.far > 0 && receding.far < 0.65 * receding.near && flat.far > 0.8 * flat.near)
    }

    @Test func nearestCellsAreNearest() {
        var marked = [Bool](repeating: false, count: 20 * 30)
        for cell in [3 * 30 + 4, 15 * 30 + 22, 9 * 30 + 9] { marked[cell] = true }
        let found = NearestCells(marked, 20, 30)
        for cell in marked.indices {
            let distances = marked.indices.filter { marked[$0] }.map { other -> (Int, Float) in
                let (down, across) = (abs(cell / 30 - other / 30), abs(cell % 30 - other % 30))
                return (other, Float(abs(down - across)) + Float(min(down, across)) * Float(2).squareRoot())
            }
            let least = distances.map(\.1).min()!
            #expect(abs(found.distances[cell] - least) < 1e-3 && distances.contains { $0.0 == found.nearest[cell] && $0.1 < least + 1e-3 })
        }
        let none = NearestCells([Bool](repeating: false, count: 6), 2, 3)
        #expect(none.nearest.allSatisfy { $0 == -1 } && none.distances.allSatisfy { $0 == 5 })
    }

    @Test func oneThingMovesWhereOneIsNamed() throws {
        let mask = try Tensor(zeros: [60, 80])
        func fill(_ rows: Range<Int>, _ columns: Range<Int>, _ value: Float) {
            for row in rows { for column in columns { mask.pointer[row * 80 + column] = value } }
        }
        fill(10..<30, 10..<30, 0.95)
        fill(10..<30, 30..<31, 0.3)  // its soft edge
        fill(40..<58, 50..<70, 0.7)  // something else
        fill(40..<58, 70..<71, 0.3)
        fill(31..<34, 12..<20, 0.7)  // a foot of its own, less sure but close
        let one = try ObjectParts.ofOneThing(mask)
        func value(_ row: Int, _ column: Int) -> Float { one.pointer[row * 80 + column] }
        #expect(value(20, 20) == 0.95 && value(20, 30) == 0.3 && value(32, 15) == 0.7)
        #expect(value(50, 60) == 0 && value(50, 70) == 0)
        // Two that are as sure may both be meant: birds.
        fill(40..<58, 50..<70, 0.9)
        #expect(try ObjectParts.ofOneThing(mask).array == mask.array)
    }
}
