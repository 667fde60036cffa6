"""The wheel: complete, rightly tagged, and at work without the source tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import MODEL, PACKAGE, smooth_photo
from PIL import Image

from livephoto import _native

# The library that these tests use goes into the wheel.
LIBRARY = _native.lib._name
USE = """
import livephoto, pathlib, sys
with livephoto.Pipeline() as p:
    clip = p.animate(sys.argv[1], "the camera zooms in", frames=2, steps=1)
    print(clip.save(sys.argv[2]), p.model.describe()["path"], pathlib.Path(livephoto.__file__).parent)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    setuptools = pytest.importorskip("setuptools", minversion="70.1", reason="no setuptools that makes wheels")
    assert setuptools
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, PACKAGE],
        env={**os.environ, "LIVEPHOTO_LIB": LIBRARY, "LIVEPHOTO_MODEL": str(MODEL)},
        check=True,
    )
    (found,) = folder.iterdir()
    return found


def test_contents(wheel: Path) -> None:
    assert re.fullmatch(r"livephoto-0\.1\.0-py3-none-manylinux_2_\d\d_\w+\.whl", wheel.name)
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {f"livephoto/{file.name}" for file in (PACKAGE / "livephoto").iterdir() if file.is_file()}
    model = {f"livephoto/livephoto-mini/{file.name}" for file in MODEL.iterdir()}
    assert modules | model | {"livephoto/liblivephoto.so.0", "livephoto/LICENSE"} <= names
    metadata = zipfile.ZipFile(wheel).read("livephoto-0.1.0.dist-info/METADATA").decode()
    assert not re.search(r"^Requires-Dist: (?!.*extra ==)", metadata, flags=re.M)


def test_at_work(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    Image.fromarray(smooth_photo()).save(tmp_path / "photo.png")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEPHOTO_")}
    done = subprocess.run(
        [sys.executable, "-c", USE, tmp_path / "photo.png", tmp_path / "clip.webp"],
        env={**environment, "PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file, model, package = done.stdout.split()
    assert Path(file).stat().st_size > 100
    assert Path(package) == site / "livephoto" and Path(model) == site / "livephoto" / "livephoto-mini"


def test_missing_library_is_told(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="70.1", reason="no setuptools that makes wheels")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path, PACKAGE],
        env={**os.environ, "LIVEPHOTO_LIB": str(tmp_path / "nowhere.so")},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode != 0 and "liblivephoto.so is not built" in told and str(tmp_path / "nowhere.so") in told
