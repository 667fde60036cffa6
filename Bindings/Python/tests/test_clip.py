"""Clips: frames, files, notebooks."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import livephoto


def test_sequence(clip: livephoto.Clip) -> None:
    assert len(clip) == 4 == len(list(clip)) == len(clip.images())
    assert clip[-1] == clip[3] and clip[1:3] == [clip[1], clip[2]] and clip[::-1][0] == clip[3]
    assert clip[0] != clip[3]
    for wrong in (4, -5):
        with pytest.raises(IndexError):
            clip[wrong]
    with pytest.raises(TypeError):
        clip["first"]  # type: ignore[call-overload]
    assert repr(clip) == "<livephoto.Clip 64x48, 4 frames at 8 fps>"
    assert clip.duration == 0.5


def test_frame(clip: livephoto.Clip) -> None:
    frame = clip[2]
    assert (frame.width, frame.height) == frame.size == (64, 48)
    assert np.array_equal(frame.array(), clip.frames[2])
    assert np.array_equal(np.asarray(frame), clip.frames[2])
    assert bytes(frame) == clip.frames[2].tobytes()
    assert np.array_equal(np.asarray(frame.image()), clip.frames[2])
    with Image.open(io.BytesIO(frame.png())) as image:
        assert image.mode == "RGB" and np.array_equal(np.asarray(image), clip.frames[2])
    assert frame._repr_png_() == frame.png()


def test_measured(clip: livephoto.Clip) -> None:
    assert 1 <= clip.level <= 10 and -1 <= clip.ssim <= 1 and len(clip.measurement.curve) == 3
    assert clip.measurement is clip.measurement


@pytest.mark.parametrize("ending", ["mp4", "webm", "gif", "webp", "png"])
def test_files(clip: livephoto.Clip, tmp_path: Path, ending: str) -> None:
    parts: list[float] = []
    path = clip.save(tmp_path / f"clip.{ending}", progress=parts.append)
    assert path == tmp_path / f"clip.{ending}" and path.stat().st_size > 100
    assert parts == sorted(parts) and 0 <= parts[0] and parts[-1] <= 1
    if ending in ("gif", "webp", "png"):
        with Image.open(path) as image:
            assert image.size == clip.size
            assert image.n_frames in (len(clip), len(clip) + (ending == "png"))
    assert [file.name for file in tmp_path.iterdir()] == [f"clip.{ending}"]


def test_png_files_are_exact(clip: livephoto.Clip, tmp_path: Path) -> None:
    for target in (f"{tmp_path}/a/", tmp_path / "b"):
        if isinstance(target, Path):
            target.mkdir()
        clip.save(target)
        files = sorted(Path(target).iterdir())
        assert len(files) == 4
        for file, frame in zip(files, clip.frames, strict=True):
            with Image.open(file) as image:
                assert np.array_equal(np.asarray(image), frame)


def test_rate(clip: livephoto.Clip, tmp_path: Path) -> None:
    clip.save(tmp_path / "a.gif", fps=20)
    assert clip.fps == 8
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["duration"] == 50
    for wrong in (0, -1, 10**6, 2**40):
        with pytest.raises(livephoto.ArgumentError):
            clip.save(tmp_path / "b.gif", fps=wrong)
    with pytest.raises(TypeError):
        clip.fps = 2.5  # type: ignore[assignment]
    assert clip.fps == 8 and not (tmp_path / "b.gif").exists()


def test_wrong_files(clip: livephoto.Clip, tmp_path: Path) -> None:
    for name in ("clip.avi", "clip", "clip.mp4.txt", "nowhere/clip.mp4"):
        with pytest.raises(livephoto.MediaError):
            clip.save(tmp_path / name)
    for name in ("", "a\0b.mp4"):
        with pytest.raises(livephoto.ArgumentError):
            clip.save(name)
    with pytest.raises(TypeError):
        clip.save(b"clip.mp4")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_exception_while_saving(clip: livephoto.Clip, tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        clip.save(tmp_path / "clip.webp", progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert clip.save(tmp_path / "clip.webp").exists()


def test_notebook(clip: livephoto.Clip) -> None:
    bundle = clip._repr_mimebundle_()
    assert bundle["text/plain"] == repr(clip)
    assert bundle["text/html"].startswith(("<video", "<img")) and ";base64," in bundle["text/html"]


def test_closing(model: livephoto.Model, photo: np.ndarray) -> None:
    with livephoto.Pipeline(model) as pipeline, pipeline.animate(photo, frames=2, steps=1) as clip:
        frames = clip.frames
    assert clip.closed and "closed" in repr(clip) and len(clip) == 2
    assert frames.shape == (2, 48, 64, 3) and clip.frames is frames
    with pytest.raises(livephoto.StateError):
        clip[0]
    with pytest.raises(livephoto.StateError):
        clip.save("clip.gif")
    assert list(clip._repr_mimebundle_()) == ["text/plain"]


def test_without_numpy_and_pillow(clip: livephoto.Clip, tmp_path: Path) -> None:
    clip[0].image().save(tmp_path / "photo.png")
    code = """
import sys
for name in ("numpy", "PIL", "tqdm"):
    sys.modules[name] = None
import livephoto
with livephoto.Pipeline() as p:
    clip = p.animate(sys.argv[1], frames=2, steps=1, progress=True)
    assert type(clip.frames) is bytes and len(clip.frames) == 2 * 48 * 64 * 3
    assert clip.frames[: 48 * 64 * 3] == bytes(clip[0])
    assert clip[0].png().startswith(b"\\x89PNG")
    next_clip = p.animate(clip[1], frames=2, steps=1)
    next_clip.save(sys.argv[2])
    for use in (clip.images, clip[0].array):
        try:
            use()
        except ImportError:
            continue
        raise AssertionError(use)
"""
    child = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "photo.png", tmp_path / "clip.gif"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout == child.stderr == "" and (tmp_path / "clip.gif").exists()
