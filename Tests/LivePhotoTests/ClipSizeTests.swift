import CLivePhoto
import LPMedia
import Testing

@testable import LivePhoto

/// From the photo's size to the clip's.
struct ClipSizeTests {
    private func size(_ width: Int, _ height: Int, wish: ClipSize? = nil) throws -> [Int] {
        let photo = try ClipSize.photo(from: RGBImage(width: width, height: height), wish: wish)
        return [photo.width, photo.height]
    }

    @Test func followsThePhotoWithEvenSides() throws {
        #expect(try size(64, 48) == [64, 48])
        #expect(try size(65, 49) == [64, 48])
        #expect(try size(3, 2) == [2, 2])
    }

    @Test func bringsTheLongerSideDownTo2048() throws {
        #expect(try size(4096, 100) == [2048, 50])
        #expect(try size(50, 3000) == [34, 2048])
        #expect(try size(16384, 2) == [2048, 2])
    }

    @Test func refusesSlivers() {
        #expect(throws: Refusal.self) { try size(1, 64) }
        #expect(throws: Refusal.self) { try size(64, 1) }
    }

    @Test(arguments: [LIVEPHOTO_FIT_CROP, LIVEPHOTO_FIT_PAD, LIVEPHOTO_FIT_STRETCH])
    func takesTheWishedSize(_ fit: livephoto_fit) throws {
        let wish = try ClipSize.wish(width: 32, height: 50, fit: fit)
        #expect(try size(300, 200, wish: wish) == [32, 50])
    }

    @Test func anOddColumnIsCutAndNothingElseChanges() throws {
        let image = try RGBImage(width: 33, height: 17)
        for index in 0..<image.pixels.count { image.pixels.pointer[index] = UInt8(truncatingIfNeeded: index * 7) }
        let photo = try ClipSize.photo(from: image, wish: nil)
        for y in 0..<16 {
            for x in 0..<32 * 3 { #expect(photo.pixels[y * 96 + x] == image.array[y * 99 + x]) }
        }
    }

    @Test func refusesOddUnknownAndFarSizes() {
        #expect(throws: Refusal.self) { try ClipSize.wish(width: 33, height: 32, fit: LIVEPHOTO_FIT_CROP) }
        #expect(throws: Refusal.self) { try ClipSize.wish(width: 14, height: 32, fit: LIVEPHOTO_FIT_CROP) }
        #expect(throws: Refusal.self) { try ClipSize.wish(width: 2050, height: 32, fit: LIVEPHOTO_FIT_CROP) }
        #expect(throws: Refusal.self) { try ClipSize.wish(width: 32, height: 32, fit: livephoto_fit(rawValue: 9)) }
    }

    @Test func knowsWhereTheModelMayBe() {
        let places = DefaultModel.places(from: "/a/b")
        #expect(places.first == "/a/b/livephoto-mini")
        #expect(places.contains("/a/share/livephoto/models/livephoto-mini"))
        #expect(places.last == "/a/Models/livephoto-mini")
    }
}
