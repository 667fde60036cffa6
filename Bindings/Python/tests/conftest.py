"""The tests run against the built library and the tiny model of Tests/Fixtures. Both must be there: a test that cannot
run is a failure, not a pass."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
MODEL = Path(os.environ.get("LIVEPHOTO_TEST_MODEL", ROOT / "Tests" / "Fixtures" / "tiny-model"))

sys.path.insert(0, str(PACKAGE))
# All that load the default model, the examples and child processes too, get the tiny one.
os.environ["LIVEPHOTO_MODEL"] = str(MODEL)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")]))

import livephoto  # noqa: E402

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would Python and every process started from here.
signal.signal(signal.SIGINT, signal.default_int_handler)


def smooth_photo(width: int = 64, height: int = 48) -> np.ndarray:
    """A photo with something to see everywhere, the same in every run."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [np.sin(x / 7 + y / 11), np.sin(x / 5 - y / 9 + 1), np.sin((x + y) / 13 + 2)]
    return (np.stack(waves, axis=-1) * 100 + 128).round().astype(np.uint8)


@pytest.fixture(scope="session")
def model() -> Iterator[livephoto.Model]:
    if not (MODEL / "config.json").is_file():
        pytest.fail(f"the tiny model is missing: {MODEL}", pytrace=False)
    with livephoto.Model(MODEL) as loaded:
        yield loaded


@pytest.fixture
def pipeline(model: livephoto.Model) -> Iterator[livephoto.Pipeline]:
    with livephoto.Pipeline(model, threads=1) as made:
        yield made


@pytest.fixture
def photo() -> np.ndarray:
    return smooth_photo()


@pytest.fixture(scope="session")
def clip(model: livephoto.Model) -> livephoto.Clip:
    """A clip that many tests look at."""
    return livephoto.Pipeline(model).animate(smooth_photo(), "the camera zooms in", frames=4, steps=2, intensity=7)
