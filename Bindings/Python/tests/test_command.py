"""The same clip from Python and from the command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import MODEL, ROOT, smooth_photo
from PIL import Image

import livephoto


def command() -> Path:
    wish = os.environ.get("LIVEPHOTO_COMMAND")
    places = [Path(wish)] if wish else []
    places += [ROOT / "build" / "bin" / "livephoto"]
    places += [ROOT / ".build" / kind / "livephoto-command" for kind in ("release", "debug")]
    for place in places:
        if place.is_file():
            return place
    pytest.fail(f"the command line is not built: none of {', '.join(map(str, places))}", pytrace=False)


def test_same_frames(model: livephoto.Model, tmp_path: Path) -> None:
    Image.fromarray(smooth_photo(96, 64)).save(tmp_path / "photo.png")
    options = ["--intensity", "7.5", "--seed", "42", "--frames", "5", "--steps", "3", "--threads", "2"]
    subprocess.run(
        [
            command(), "animate", tmp_path / "photo.png", "the camera zooms in",
            "--model", MODEL, "--output", f"{tmp_path}/frames/", *options,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with livephoto.Pipeline(model, threads=1) as pipeline:
        clip = pipeline.animate(
            tmp_path / "photo.png", "the camera zooms in", intensity=7.5, seed=42, frames=5, steps=3
        )
    files = sorted((tmp_path / "frames").iterdir())
    assert len(files) == len(clip) == 5
    for file, frame in zip(files, clip.frames, strict=True):
        with Image.open(file) as image:
            assert np.array_equal(np.asarray(image), frame)
