"""The examples run, and so does the code of the README."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PACKAGE, ROOT, smooth_photo
from PIL import Image

EXAMPLES = ROOT / "Examples" / "Python"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / script, *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(smooth_photo()).save(tmp_path / "cat.jpg")
    return tmp_path / "cat.jpg"


def test_animate(picture: Path, tmp_path: Path) -> None:
    done = run("animate.py", picture, "the camera zooms in", tmp_path / "cat.gif", "--intensity", 6, "--steps", 2)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cat.gif").exists() and "measured" in done.stdout


def test_animate_tells_what_is_wrong(tmp_path: Path) -> None:
    done = run("animate.py", tmp_path / "nowhere.jpg", "the camera zooms in", tmp_path / "cat.gif")
    assert done.returncode == 1 and "nowhere.jpg" in done.stderr and "Traceback" not in done.stderr


def test_sweep(picture: Path, tmp_path: Path) -> None:
    done = run("sweep.py", picture, "the camera zooms in", tmp_path / "sheet.png", "--levels", 1, 5, 10, "--steps", 1)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 64 and sheet.height > 3 * 48
    assert len(re.findall(r"^ *\d+", done.stdout, flags=re.M)) == 3


def test_readme(picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first two programs, as they are."""
    blocks = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), flags=re.S)
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks[0], "README.md", "exec"), {})
    assert (tmp_path / "cat.mp4").exists()
    monkeypatch.setattr("PIL.Image.Image.show", lambda self: None)
    loop = next(block for block in blocks if "p.steps(" in block)
    import livephoto

    names: dict[str, object] = {"p": livephoto.Pipeline()}
    exec(compile(loop, "README.md", "exec"), names)
    assert isinstance(names["clip"], livephoto.Clip)
