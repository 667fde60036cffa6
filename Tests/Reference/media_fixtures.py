"""Writes Tests/Fixtures/media: small image files of every kind that is read, and what they hold.

    python Tests/Reference/media_fixtures.py

Needs numpy, Pillow, torch and scikit-image; by hand, the outputs are committed. `expected.tsv` lists name, width, height,
whether alpha is kept, largest mean error, largest error, and the place in `expected.bin` of the pixels over white
[H, W, 3], which the alpha plane [H, W] follows. `ssim.tsv` lists SSIM goldens: clip, pair values.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
import PIL
import skimage
import torch
from PIL import Image, ImageOps
from skimage.metrics import structural_similarity

FOLDER = Path(__file__).resolve().parent.parent / "Fixtures" / "media"
W, H = 24, 16
expected = []
pixels = b""


def picture(width=W, height=H, seed=0):
    """A smooth colour picture without symmetry, [H, W, 3] in 0..1."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u, v = x / max(width - 1, 1), y / max(height - 1, 1)
    red = 0.1 + 0.8 * u
    green = 0.9 - 0.7 * v + 0.1 * np.sin(3 * u + seed)
    blue = 0.5 + 0.4 * np.sin(2.0 * u + 3.0 * v + seed)
    return np.clip(np.stack([red, green, blue], -1), 0, 1)


def bytes8(image):
    return np.round(image * 255).astype(np.uint8)


def over_white(rgba):
    rgba = rgba.astype(np.int64)
    a = rgba[..., 3:4]
    return ((rgba[..., :3] * a + 255 * (255 - a) + 127) // 255).astype(np.uint8)


def note(name, rgb, alpha=None, mean=0.0, largest=0):
    global pixels
    rgb = np.ascontiguousarray(rgb, dtype=np.uint8)
    expected.append((name, rgb.shape[1], rgb.shape[0], int(alpha is not None), mean, largest, len(pixels)))
    pixels += rgb.tobytes()
    if alpha is not None:
        pixels += np.ascontiguousarray(alpha, dtype=np.uint8).tobytes()


def note_pillow(name, mean=0.0, largest=0):
    """Expected pixels as Pillow reads the file."""
    image = Image.open(FOLDER / name)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = np.array(image.convert("RGBA"))
        note(name, over_white(rgba), rgba[..., 3], mean, largest)
    elif image.mode.startswith("I;16"):
        grey = np.round(np.array(image).astype(np.float64) / 257)
        note(name, np.repeat(grey[..., None], 3, -1), None, mean, largest)
    else:
        note(name, np.array(image.convert("RGB")), None, mean, largest)


# PNG: every colour type, depth and interlacing, by a writer of our own (Pillow writes a few of them only).


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def pack_rows(samples, depth):
    """samples [H, W, C] of integers -> filtered rows."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            data = row.astype(">u2").tobytes()
        elif depth == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            bits = ((row[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8).reshape(-1)
            data = np.packbits(bits).tobytes()
        rows += b"\0" + data
    return rows


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, kind, depth, interlaced, extra=b""):
    height, width = samples.shape[:2]
    if interlaced:
        parts = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in PASSES]
        data = b"".join(pack_rows(p, depth) for p in parts if p.size)
    else:
        data = pack_rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 9))
            + chunk(b"IEND", b""))


def narrow(samples, depth):
    return np.round(samples.astype(np.float64) * 255 / ((1 << depth) - 1)).astype(np.uint8)


def make_png():
    image = picture()
    grey = image.mean(-1, keepdims=True)
    alpha = np.mgrid[0:H, 0:W][1][..., None] / (W - 1)
    for interlaced in (False, True):
        tail = "-interlaced" if interlaced else ""
        for depth in (1, 2, 4, 8, 16):
            most = (1 << depth) - 1
            samples = np.round(grey * most).astype(np.int64)
            name = f"grey{depth}{tail}.png"
            (FOLDER / name).write_bytes(png(samples, 0, depth, interlaced))
            note(name, np.repeat(narrow(samples, depth), 3, -1), largest=1)
            if depth <= 8:
                count = min(1 << depth, 64)
                index = np.round(grey * (count - 1)).astype(np.int64)
                table = np.random.default_rng(depth).integers(0, 256, (count, 3)).astype(np.uint8)
                name = f"palette{depth}{tail}.png"
                (FOLDER / name).write_bytes(png(index, 3, depth, interlaced, chunk(b"PLTE", table.tobytes())))
                note(name, table[index[..., 0]])
            if depth >= 8:
                for kind, parts in (("rgb", [image]), ("rgba", [image, alpha]), ("greyalpha", [grey, alpha])):
                    samples = np.round(np.concatenate(parts, -1) * most).astype(np.int64)
                    name = f"{kind}{depth}{tail}.png"
                    number = {"rgb": 2, "rgba": 6, "greyalpha": 4}[kind]
                    (FOLDER / name).write_bytes(png(samples, number, depth, interlaced))
                    small = narrow(samples, depth)
                    if kind == "rgb":
                        note(name, small, largest=1)
                    else:
                        rgba = small if kind == "rgba" else small[..., [0, 0, 0, 1]]
                        note(name, over_white(rgba), rgba[..., 3], largest=1)
    # Transparency by tRNS.
    index = np.round(grey * 15).astype(np.int64)
    table = np.random.default_rng(5).integers(0, 256, (16, 3)).astype(np.uint8)
    opacity = np.arange(16, dtype=np.uint8) * 17
    extra = chunk(b"PLTE", table.tobytes()) + chunk(b"tRNS", opacity.tobytes())
    (FOLDER / "palette-transparent.png").write_bytes(png(index, 3, 4, False, extra))
    rgba = np.concatenate([table, opacity[:, None]], -1)[index[..., 0]]
    note("palette-transparent.png", over_white(rgba), rgba[..., 3])
    # Orientation by eXIf.
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    samples = bytes8(image).astype(np.int64)
    (FOLDER / "turned.png").write_bytes(png(samples, 2, 8, False, chunk(b"eXIf", exif)))
    note("turned.png", np.rot90(samples, -1))
    for width, height in ((1, 1), (1, 7), (7, 1)):
        name = f"size{width}x{height}.png"
        small = bytes8(picture(width, height))
        (FOLDER / name).write_bytes(png(small.astype(np.int64), 2, 8, False))
        note(name, small)
    huge = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    (FOLDER / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", huge)
                                      + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""))


def make_jpeg():
    image = Image.fromarray(bytes8(picture(48, 40)))
    # Decoders differ in the inverse transform and in chroma interpolation, by a few levels at most on smooth pictures.
    for name, options in {
        "444.jpg": {"subsampling": 0}, "422.jpg": {"subsampling": 1}, "420.jpg": {"subsampling": 2},
        "progressive.jpg": {"progressive": True}, "rgb.jpg": {"keep_rgb": True, "subsampling": 0},
        "restart.jpg": {"restart_marker_blocks": 2},
    }.items():
        image.save(FOLDER / name, quality=95, **options)
        note_pillow(name, mean=1.2, largest=9)
    image.convert("L").save(FOLDER / "grey.jpg", quality=95)
    note_pillow("grey.jpg", mean=1.0, largest=4)
    image.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    note_pillow("cmyk.jpg", mean=1.5, largest=8)
    # The Adobe marker's last byte is the colour transform; 2 makes the same data YCCK.
    data = bytearray((FOLDER / "cmyk.jpg").read_bytes())
    place = data.index(b"Adobe") + 11
    assert data[place] == 0
    ycck = bytes8(picture(48, 40))
    ycc = np.array(Image.fromarray(255 - ycck).convert("YCbCr"))
    four = np.concatenate([ycc, np.full((40, 48, 1), 20, np.uint8)], -1)
    Image.fromarray(four, "CMYK").save(FOLDER / "ycck.jpg", quality=95)
    data = bytearray((FOLDER / "ycck.jpg").read_bytes())
    data[data.index(b"Adobe") + 11] = 2
    # Components are called 1 to 4 in YCCK files; Pillow named them C, M, Y, K.
    for component in range(4):
        data[data.index(b"\xff\xc0") + 10 + 3 * component] = component + 1
        data[data.index(b"\xff\xda") + 5 + 2 * component] = component + 1
    (FOLDER / "ycck.jpg").write_bytes(data)
    note_pillow("ycck.jpg", mean=1.5, largest=8)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        name = f"orientation{orientation}.jpg"
        image.save(FOLDER / name, quality=95, subsampling=0, exif=exif)
        note_pillow(name, mean=1.2, largest=9)
    Image.fromarray(bytes8(picture(17, 13))).save(FOLDER / "odd.jpg", quality=95)
    note_pillow("odd.jpg", mean=1.5, largest=12)


def make_others():
    image = bytes8(picture())
    alpha = np.round(np.mgrid[0:H, 0:W][1] * 255 / (W - 1)).astype(np.uint8)
    rgb = Image.fromarray(image)
    rgba = Image.fromarray(np.dstack([image, alpha]))
    for name, picture_, options in (
        ("rgb.bmp", rgb, {}), ("grey.bmp", rgb.convert("L"), {}), ("palette.bmp", rgb.quantize(16), {}),
        ("mono.bmp", rgb.convert("1"), {}), ("rgba.bmp", rgba, {}),
        ("rgb.tiff", rgb, {}), ("lzw.tiff", rgb, {"compression": "tiff_lzw"}),
        ("deflate.tiff", rgb, {"compression": "tiff_adobe_deflate"}), ("packbits.tiff", rgb, {"compression": "packbits"}),
        ("grey.tiff", rgb.convert("L"), {}), ("palette.tiff", rgb.quantize(16), {}), ("mono.tiff", rgb.convert("1"), {}),
        ("rgba.tiff", rgba, {}), ("turned.tiff", rgb, {"tiffinfo": {274: 6}}),
        ("grey16.tiff", Image.fromarray(np.round(picture().mean(-1) * 65535).astype(np.uint16)), {}),
        ("rgb.gif", rgb.quantize(64), {}), ("interlaced.gif", rgb.quantize(64), {"interlace": 1}),
        ("lossless.webp", rgb, {"lossless": True}), ("lossless-alpha.webp", rgba, {"lossless": True, "exact": True}),
    ):
        picture_.save(FOLDER / name, **options)
        note_pillow(name, largest=1)
    index = np.array(rgb.quantize(15))
    clear = Image.fromarray(index, "P")
    clear.putpalette(rgb.quantize(15).getpalette()[:45] + [9, 9, 9])
    clear.save(FOLDER / "transparent.gif", transparency=3)
    note_pillow("transparent.gif")
    smooth = Image.fromarray(bytes8(picture(48, 40)))
    smooth.save(FOLDER / "lossy.webp", quality=95)
    note_pillow("lossy.webp", mean=1.5, largest=9)
    exif = Image.Exif()
    exif[274] = 8
    smooth.save(FOLDER / "turned.webp", quality=95, exif=exif)
    note_pillow("turned.webp", mean=1.5, largest=9)
    fade = Image.fromarray(np.dstack([bytes8(picture(48, 40)), np.tile(np.linspace(40, 255, 48), (40, 1)).astype(np.uint8)]))
    fade.save(FOLDER / "lossy-alpha.webp", quality=95)
    note_pillow("lossy-alpha.webp", mean=1.5, largest=9)
    frames = [Image.fromarray(bytes8(picture(W, H, seed))) for seed in range(3)]
    frames[0].save(FOLDER / "animated.webp", save_all=True, append_images=frames[1:], lossless=True, duration=100, loop=0)
    note("animated.webp", np.array(frames[0]), largest=1)
    frames[0].quantize(64).save(FOLDER / "animated.gif", save_all=True,
                                append_images=[f.quantize(64) for f in frames[1:]], duration=100, loop=0)
    note_pillow("animated.gif")
    note("animated.webp#2", np.array(frames[2]), largest=1)


# SSIM goldens.


def luma256(image):
    values = torch.from_numpy(image.astype(np.float32))
    y = 0.299 * values[..., 0] + 0.587 * values[..., 1] + 0.114 * values[..., 2]
    side = min(y.shape)
    top, left = (y.shape[0] - side) // 2, (y.shape[1] - side) // 2
    y = y[top:top + side, left:left + side][None, None]
    y = torch.nn.functional.interpolate(y, size=(256, 256), mode="bilinear", antialias=True, align_corners=False)
    return y[0, 0].numpy()


def make_ssim():
    lines = []
    for name, width, height in (("large", 330, 290), ("small", 64, 48), ("exact", 256, 256), ("tall", 120, 301)):
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        frames = []
        for index in range(4):
            shift = index * width / 60
            wave = np.sin((x + shift) / width * 25) * np.cos((y - shift / 2) / height * 18)
            blocks = ((np.floor((x + shift) / width * 9) + np.floor(y / height * 7)) % 3) / 2
            # Few levels, so that the files stay small.
            frame = np.stack([wave * 0.4 + 0.5, blocks, 0.5 * blocks + 0.25 * wave + 0.25], -1)
            frames.append((np.round(np.clip(frame, 0, 1) * 7) * 36).astype(np.uint8))
        for index, frame in enumerate(frames):
            Image.fromarray(frame).save(FOLDER / f"ssim-{name}-{index}.png", optimize=True)
        planes = [luma256(f) for f in frames]
        pairs = [structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
                                       data_range=255) for a, b in zip(planes, planes[1:])]
        lines.append(name + "".join(f"\t{p:.8f}" for p in pairs))
        if name in ("large", "small"):
            (FOLDER / f"luma-{name}.f32").write_bytes(planes[0][::16, ::16].astype("<f4").tobytes())
    (FOLDER / "ssim.tsv").write_text("\n".join(lines) + "\n")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    make_png()
    make_jpeg()
    make_others()
    make_ssim()
    (FOLDER / "expected.bin").write_bytes(pixels)
    head = f"# numpy {np.__version__}, Pillow {PIL.__version__}, torch {torch.__version__}, scikit-image {skimage.__version__}\n"
    rows = "".join("\t".join(str(v) for v in row) + "\n" for row in expected)
    (FOLDER / "expected.tsv").write_text(head + rows)


if __name__ == "__main__":
    main()
