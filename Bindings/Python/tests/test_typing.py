"""Types: the package itself, and what a user's checker sees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PACKAGE

USE = """
from pathlib import Path
from typing import Any
import livephoto
import numpy as np

with livephoto.Pipeline(threads=2) as p:
    clip = p.animate("cat.jpg", "the camera zooms in", intensity=6, seed=1, sampler="euler", progress=True)
    reveal_type(clip)
    reveal_type(clip[0])
    reveal_type(clip[1:])
    reveal_type(clip.save(Path("cat.mp4")))
    reveal_type(clip[0].array())
    for step in p.steps(np.zeros((8, 8, 3), np.uint8)):
        reveal_type(step.phase)
    reveal_type(p.estimate().seconds)
reveal_type(livephoto.measure("cat.mp4").level)
"""
WRONG = """
import livephoto
livephoto.Pipeline().animate("cat.jpg", sampler="ddpm")
livephoto.Pipeline().animate(42)
livephoto.Pipeline().animate("cat.jpg", motion=6)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all: what NumPy's types cost, they cost once."""
    pytest.importorskip("mypy", reason="mypy is not installed: types are not checked")
    return tmp_path_factory.mktemp("mypy")


def mypy(cache: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", f"--cache-dir={cache}", "--strict", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_package_is_strict(cache: Path) -> None:
    checked = mypy(cache, cwd=PACKAGE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_a_user_sees(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    checked = mypy(cache, "use.py", cwd=tmp_path)
    revealed = [line.split('"')[1] for line in checked.stdout.splitlines() if "Revealed type" in line]
    assert checked.returncode == 0, checked.stdout
    assert [kind.replace("builtins.", "") for kind in revealed[:4]] == [
        "livephoto.clip.Clip",
        "livephoto.frame.Frame",
        "list[livephoto.frame.Frame]",
        "pathlib.Path",
    ]
    assert "numpy.ndarray" in revealed[4] and "'denoise'" in revealed[5] and "float" in revealed[6] + revealed[7]


def test_wrong_uses_are_told(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    checked = mypy(cache, "wrong.py", cwd=tmp_path)
    assert [line.split(":")[1] for line in checked.stdout.splitlines() if ": error:" in line][:3] == ["3", "4", "5"]
