"""Photos of every kind, and what is no photo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, smooth_photo
from PIL import Image

import livephoto

QUICK: dict[str, Any] = {"frames": 2, "steps": 1, "keep_first_frame": True}


def first_frame(pipeline: livephoto.Pipeline, photo: Any, **more: Any) -> np.ndarray:
    return pipeline.animate(photo, **QUICK, **more)[0].array()


def test_all_kinds_are_one_photo(pipeline: livephoto.Pipeline, photo: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "photo é.png"
    Image.fromarray(photo).save(path)
    opaque = np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)])
    wide = np.zeros((48, 200, 3), np.uint8)
    wide[:, ::2][:, :64] = photo
    whole = pipeline.animate(photo, **QUICK)
    kinds = [
        path,
        str(path),
        os.fsencode(path),
        Image.fromarray(photo),
        Image.fromarray(opaque),
        opaque,
        wide[:, ::2][:, :64],  # rows and pixels that do not touch
        np.asfortranarray(photo),
        whole[0],
    ]
    for kind in kinds:
        other = pipeline.animate(kind, **QUICK)
        assert np.array_equal(other[0].array(), photo)
        assert np.array_equal(other.frames, whole.frames)


def test_jpeg_of_the_examples(pipeline: livephoto.Pipeline) -> None:
    clip = pipeline.animate(ROOT / "Examples" / "photos" / "cat.jpg", **QUICK)
    with Image.open(ROOT / "Examples" / "photos" / "cat.jpg") as image:
        assert clip.size == tuple(side - side % 2 for side in image.size)


def test_camera_rotation(pipeline: livephoto.Pipeline, photo: np.ndarray, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    Image.fromarray(photo).save(path, exif=exif, quality=95)
    from_file = first_frame(pipeline, path)
    with Image.open(path) as image:
        from_image = first_frame(pipeline, image)
    assert from_file.shape == from_image.shape == (64, 48, 3)
    # Two decoders of JPEG: the same but for a rounding here and there.
    assert np.abs(from_file.astype(int) - from_image).mean() < 3


def test_transparent_parts_are_white(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    alpha = np.full(photo.shape[:2], 255, np.uint8)
    alpha[:, :20] = 0
    frame = first_frame(pipeline, np.dstack([photo, alpha]))
    assert (frame[:, :20] == 255).all() and np.array_equal(frame[:, 20:], photo[:, 20:])


def test_grey_and_palette_images(pipeline: livephoto.Pipeline, photo: np.ndarray) -> None:
    for mode in ("L", "P", "LA", "1", "CMYK"):
        assert first_frame(pipeline, Image.fromarray(photo).convert(mode)).shape == photo.shape


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.zeros((8, 8, 3), np.float32), "float32"),
        (np.zeros((8, 8, 3), np.int64), "int64"),
        (np.zeros((8, 8), np.uint8), r"\(8, 8\)"),
        (np.zeros((8, 8, 2), np.uint8), r"\(8, 8, 2\)"),
        (np.zeros((1, 8, 8, 3), np.uint8), r"\(1, 8, 8, 3\)"),
        (42, "int"),
        ([[1, 2, 3]], "list"),
        (object(), "object"),
        (Image.new("F", (8, 8)), "mode F"),
        (Image.new("I;16", (8, 8)), "mode I;16"),
    ],
)
def test_wrong_kinds(pipeline: livephoto.Pipeline, wrong: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        pipeline.animate(wrong)
    assert pipeline.animate(smooth_photo(), **QUICK)


def test_wrong_sizes(pipeline: livephoto.Pipeline) -> None:
    for shape in [(0, 8, 3), (8, 0, 3), (1, 1, 3)]:
        with pytest.raises(livephoto.ArgumentError):
            pipeline.animate(np.zeros(shape, np.uint8))
    with pytest.raises(livephoto.LivePhotoError):
        pipeline.animate(np.zeros((2, 20_000, 3), np.uint8))


def test_wrong_files(pipeline: livephoto.Pipeline, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere.jpg") as caught:
        pipeline.animate(tmp_path / "nowhere.jpg")
    assert isinstance(caught.value, livephoto.MediaNotFoundError) and caught.value.status == 50
    (tmp_path / "text.jpg").write_text("this is no photo")
    with pytest.raises(livephoto.MediaError) as broken:
        pipeline.animate(tmp_path / "text.jpg")
    assert broken.value.status // 10 == 5 and not isinstance(broken.value, FileNotFoundError)
    with pytest.raises(livephoto.MediaError):
        pipeline.animate(tmp_path)
    for path in ["", "a\0b"]:
        with pytest.raises(livephoto.ArgumentError):
            pipeline.animate(path)
    half = (ROOT / "Examples" / "photos" / "cat.jpg").read_bytes()[:2000]
    (tmp_path / "half.jpg").write_bytes(half)
    try:  # a decoder may give what there is; it must not do worse
        pipeline.animate(tmp_path / "half.jpg", **QUICK)
    except livephoto.MediaError:
        pass
    assert pipeline.animate(smooth_photo(), **QUICK)


def test_no_photo(pipeline: livephoto.Pipeline) -> None:
    with pytest.raises(livephoto.StateError):
        pipeline.animate(prompt="the camera zooms in")
    with pytest.raises(livephoto.StateError):
        pipeline.estimate()


def test_photo_stays_and_may_go(pipeline: livephoto.Pipeline, photo: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(photo).save(path)
    clip = pipeline.animate(path, **QUICK)
    again = pipeline.animate(**QUICK)
    assert np.array_equal(clip.frames, again.frames)
    path.unlink()
    # Its file is gone, and a clip holds the old handle: a new photo must not need the old one.
    pipeline.configure(intensity=3)
    assert pipeline.animate(photo, **QUICK).size == (64, 48)
