"""Cut-outs from packages without captions: the list, the readers, and that they leave the evaluation's split alone."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from livephoto_training.data import cutouts
from livephoto_training.data.prepare import extra_stamps, prepare, stamp_thumbnail, write_stamps
from livephoto_training.simulator import StampBank


def picture(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[10:50, 20:70] = np.kron(rng.integers(0, 255, (4, 5, 4)), np.ones((10, 10, 1)))
    pixels[10:50, 20:70, 3] = 255
    return Image.fromarray(pixels)


def resource_file(name: str, content: bytes) -> bytes:
    """A Qt resource file of format 1 with one folder and one packed file in it."""
    names = b"".join(struct.pack(">HI", len(text), 0) + text.encode("utf-16-be") for text in ("pictures", name))
    second = 6 + 2 * len("pictures")
    packed = struct.pack(">I", len(content)) + zlib.compress(content)
    tree = struct.pack(">IHII", 0, 2, 1, 1) + struct.pack(">IHII", 0, 2, 1, 2) + struct.pack(">IHHHI", second, 1, 0, 0, 0)
    data = struct.pack(">I", len(packed)) + packed
    return b"qres" + struct.pack(">4i", 1, 20, 20 + len(tree), 20 + len(tree) + len(data)) + tree + data + names


def test_list_is_clean():
    table = cutouts.load_table()
    assert set(table) <= set(cutouts.PACKAGES)
    for entries in table.values():
        for noun, kind in entries.values():
            assert noun == noun.strip().lower() and 1 <= len(noun.split()) <= 4 and not noun.startswith(("a ", "an ", "the "))
            assert kind == kind.strip().lower()


def test_list_errors_name_the_line(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("[openclipart-png bird]\nowl owl\nowl owl\n")
    with pytest.raises(ValueError, match=":3:"):
        cutouts.load_table(path)


def test_qt_resources():
    assert cutouts.qt_resources(resource_file("cat.webp", b"miaow")) == {"/pictures/cat.webp": b"miaow"}
    with pytest.raises(ValueError):
        cutouts.qt_resources(b"something else")


def test_pictures_of_packages(tmp_path):
    clip_art, game = tmp_path / "a/usr/share/openclipart/png/animals", tmp_path / "b/usr/share/gcompris-qt/rcc"
    for folder in (clip_art, game):
        folder.mkdir(parents=True)
    for index, name in enumerate(("owl", "same", "unlisted")):
        picture(0 if name == "same" else index).save(clip_art / f"{name}.png")
    buffer = io.BytesIO()
    picture(9).save(buffer, "webp", lossless=True)
    (game / "lang.rcc").write_bytes(resource_file("cat.webp", buffer.getvalue()))
    table = {"openclipart-png": {"animals/owl": ("owl", "bird"), "animals/same": ("owl", "bird"), "animals/gone": ("x", "")},
             "gcompris-qt-data": {"lang/cat": ("cat", "cat")}}
    known = []
    found = extra_stamps(tmp_path / "a", table, known) + extra_stamps(tmp_path / "b", table, known) + extra_stamps(tmp_path, table, known)
    assert [(pixels.shape, noun, kind) for pixels, noun, kind in found] == [((40, 50, 4), "owl", "bird"), ((40, 50, 4), "cat", "cat")]
    assert extra_stamps(tmp_path / "a", table, [stamp_thumbnail(found[0][0])]) == []


def test_evaluation_keeps_its_cut_outs(tmp_path):
    stamps = [(np.full((8, 8, 4), index, np.uint8), f"thing {index}", "") for index in range(40)]
    write_stamps(tmp_path / "few.npz", stamps[:20], 20)
    write_stamps(tmp_path / "many.npz", stamps, 20)
    assert StampBank.load(tmp_path / "many.npz", "eval").nouns == StampBank.load(tmp_path / "few.npz", "eval").nouns
    assert "thing 29" in StampBank.load(tmp_path / "many.npz").nouns
    assert len(StampBank.load(tmp_path / "many.npz", "all")) == 40


def test_prepare_puts_them_last(tmp_path):
    clip_art, captioned = tmp_path / "a/usr/share/openclipart/png/animals/bugs", tmp_path / "z"
    for folder in (clip_art, captioned):
        folder.mkdir(parents=True)
    picture(1).save(clip_art / "bee.png")
    picture(2).save(captioned / "pear.png")
    (captioned / "pear.txt").write_text("A pear.")
    photos, stamps = prepare([tmp_path / "a", captioned], tmp_path / "cache")
    bank = StampBank.load(tmp_path / "cache" / "stamps.npz", "all")
    assert photos == 0 and stamps == len(bank.nouns) and bank.nouns[0] == "pear"
