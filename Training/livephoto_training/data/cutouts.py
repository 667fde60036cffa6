"""Cut-outs from packages of drawings that come without captions: clip art, an emoji font, a game's pictures.

Which pictures are used, and what a person would call what they show, is the hand-made list ``cutouts.txt``; anything not in it is left out.
A line ``[package kind]`` is followed by one line a picture: its key in the package, a space and its noun phrase without article. A kind of
``-`` is none. Keys are: openclipart-png, the path without ".png"; fonts-noto-color-emoji, the code point in hexadecimal; gcompris-qt-data,
the resource file and the picture's name. These are never evaluated on.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

LIST = Path(__file__).with_name("cutouts.txt")

#: Package -> key -> (noun phrase, kind).
Table = dict[str, dict[str, tuple[str, str]]]


def load_table(path: Path = LIST) -> Table:
    """The list of cut-outs; ``ValueError`` names a line that cannot be read."""
    table: Table = {}
    package, kind = "", ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            package, _, kind = line.strip("[]").partition(" ")
            kind = kind.removeprefix("-")
            continue
        key, _, noun = line.partition(" ")
        if not package or not noun or key in table.get(package, {}):
            raise ValueError(f"{path}:{number}: no picture and noun, or one that was there before: {line!r}")
        table.setdefault(package, {})[key] = (noun, kind)
    return table


def openclipart(folder: Path, keys: set[str]) -> Iterator[tuple[str, Image.Image]]:
    root = folder / "usr/share/openclipart/png"
    for key in sorted(keys):
        path = root / f"{key}.png"
        if path.exists():
            yield key, Image.open(path).convert("RGBA")


def emoji(folder: Path, keys: set[str]) -> Iterator[tuple[str, Image.Image]]:
    """The bitmaps of a colour font (table CBDT): needs fontTools."""
    fonts = sorted(folder.glob("usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"))
    if not fonts:
        return
    from fontTools.ttLib import TTFont

    font = TTFont(fonts[0])
    glyphs, bitmaps = font.getBestCmap(), font["CBDT"].strikeData[0]
    for key in sorted(keys):
        glyph = glyphs.get(int(key, 16))
        if glyph in bitmaps:
            yield key, Image.open(io.BytesIO(bitmaps[glyph].imageData)).convert("RGBA")


def gcompris(folder: Path, keys: set[str]) -> Iterator[tuple[str, Image.Image]]:
    for name in sorted({key.partition("/")[0] for key in keys}):
        path = folder / f"usr/share/gcompris-qt/rcc/{name}.rcc"
        if not path.exists():
            continue
        for inside, content in sorted(qt_resources(path.read_bytes()).items()):
            key = f"{name}/{Path(inside).stem}"
            if key in keys and inside.endswith(".webp"):
                yield key, Image.open(io.BytesIO(content)).convert("RGBA")


def qt_resources(data: bytes) -> dict[str, bytes]:
    """Files of a Qt resource collection (``rcc --binary``): path -> content. Those packed otherwise than by zlib are left out."""
    if data[:4] != b"qres":
        raise ValueError("not a Qt resource file")
    version, tree, contents, names = struct.unpack_from(">4i", data, 4)
    node_size = 22 if version >= 2 else 14
    files: dict[str, bytes] = {}

    def walk(index: int, prefix: str) -> None:
        node = tree + index * node_size
        name_at, flags, first, second = struct.unpack_from(">IHII", data, node)
        name = ""
        if index:  # the root has none
            length, = struct.unpack_from(">H", data, names + name_at)
            start = names + name_at + 6
            name = data[start:start + 2 * length].decode("utf-16-be")
        if flags & 2:  # a folder: number of its nodes, and the first
            for child in range(second, second + first):
                walk(child, f"{prefix}{name}/")
        elif not flags & 4:
            length, = struct.unpack_from(">I", data, contents + second)
            content = data[contents + second + 4:contents + second + 4 + length]
            files[prefix + name] = zlib.decompress(content[4:]) if flags & 1 else content

    walk(0, "")
    return files


#: Package -> (what a folder with it has, how its pictures are read).
PACKAGES: dict[str, tuple[str, Callable[[Path, set[str]], Iterator[tuple[str, Image.Image]]]]] = {
    "openclipart-png": ("usr/share/openclipart/png", openclipart),
    "fonts-noto-color-emoji": ("usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", emoji),
    "gcompris-qt-data": ("usr/share/gcompris-qt/rcc", gcompris),
}


def package_of(folder: Path) -> str | None:
    """Which of these packages a folder is unpacked from."""
    return next((package for package, (inside, _) in PACKAGES.items() if (folder / inside).exists()), None)


def named_pictures(folder: Path, table: Table) -> Iterator[tuple[Image.Image, str, str]]:
    """RGBA pictures of a folder of a known package, with noun phrase and kind, in the order of their keys."""
    package = package_of(folder)
    if package is None or package not in table:
        return
    for key, image in PACKAGES[package][1](folder, set(table[package])):
        yield (image, *table[package][key])
