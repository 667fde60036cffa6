"""Where clips come from: the shipped command line, or the simulator's truth. Any callable of this form will do:

    animate(photo: uint8 [H, W, 3], prompt: str, level: float, seed: int) -> uint8 [F, H, W, 3]
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

Animate = Callable[[np.ndarray, str, float, int], np.ndarray]


class CommandLine:
    """Runs ``livephoto animate PHOTO PROMPT --intensity N --seed S -o FOLDER/`` and reads the frames it writes."""

    def __init__(self, program: str | Path, options: list[str] = (), timeout: float = 600):
        self.program, self.options, self.timeout = str(program), list(options), timeout

    def __call__(self, photo: np.ndarray, prompt: str, level: float, seed: int) -> np.ndarray:
        with tempfile.TemporaryDirectory() as scratch:
            still, folder = Path(scratch) / "photo.png", Path(scratch) / "frames"
            Image.fromarray(photo).save(still)
            folder.mkdir()
            command = [self.program, "animate", str(still), prompt, "--intensity", f"{level:g}", "--seed", str(seed), "-o", f"{folder}/", *self.options]
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.timeout)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-500:]}")
            return read_frames(folder)


def read_frames(folder: Path) -> np.ndarray:
    """PNG frames of a folder in the order of the numbers in their names, uint8 [F, H, W, 3]."""
    paths = [(int(found[-1]), path) for path in folder.glob("*.png") if (found := re.findall(r"\d+", path.stem))]
    if not paths:
        raise RuntimeError(f"no numbered PNG frames in {folder}")
    return np.stack([np.asarray(Image.open(path).convert("RGB")) for _, path in sorted(paths)])
