"""Where clips come from: the Python package, one model loaded, or the command line, a process a clip."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence

from .measures import ssim_at_256, to_tensor

ROOT = Path(__file__).resolve().parents[3]  # of the source tree


@dataclass
class Made:
    """A clip as its generator made and measured it."""

    frames: np.ndarray  # uint8 [F, H, W, 3]
    level: float  # measured
    ssim: float


#: (photo uint8 [H, W, 3], prompt, level, seed) -> clip
Generator = Callable[[np.ndarray, str, float, int], Made]


def package():
    """The Python package, installed or of this source tree."""
    try:
        import livephoto
    except ImportError:
        sys.path.insert(0, str(ROOT / "Bindings" / "Python"))
        import livephoto
    return livephoto


class Package:
    """Animates through the Python package. ``calibration``: None leaves the engine's way; False turns it off, where the engine has one."""

    def __init__(self, model: Path | None = None, threads: int = 1, steps: int | None = None, calibration: bool | None = None):
        self.library = package()
        self.model = self.library.Model(str(model)) if model else None
        self.pipeline = self.library.Pipeline(self.model, threads=threads)
        self.options: dict = {"steps": steps} if steps else {}
        calibrates = "calibration" in inspect.signature(self.pipeline.animate).parameters
        if calibration is not None and calibrates:
            self.options["calibration"] = calibration

    def __call__(self, photo: np.ndarray, prompt: str, level: float, seed: int) -> Made:
        clip = self.pipeline.animate(photo, prompt, intensity=level, seed=seed, **self.options)
        return Made(np.array(clip.frames), clip.level, clip.ssim)

    def words(self, prompt: str) -> list[tuple[str, float]]:
        """Words of a prompt with their mean weights; weights are nan where the model has none."""
        return [(word.text, word.weight if word.weights else float("nan")) for word in self.pipeline.model.words(prompt)]

    def close(self) -> None:
        self.pipeline.close()


class CommandLine:
    """Runs ``livephoto animate PHOTO PROMPT --intensity N --seed S -o CLIP.png --json`` and reads the animated PNG."""

    def __init__(self, program: str | Path, options: list[str] = (), timeout: float = 600):
        self.program, self.options, self.timeout = str(program), list(options), timeout

    def __call__(self, photo: np.ndarray, prompt: str, level: float, seed: int) -> Made:
        with tempfile.TemporaryDirectory() as scratch:
            still, out = Path(scratch) / "photo.png", Path(scratch) / "clip.png"
            Image.fromarray(photo).save(still)
            command = [self.program, "animate", str(still), prompt, "--intensity", f"{level:g}", "--seed", str(seed), "-o", str(out), "--json",
                       *self.options]
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.timeout)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-500:]}")
            with Image.open(out) as image:
                frames = np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)])
            last = json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {}
            return Made(frames, last.get("level", float("nan")), last.get("mean_ssim", ssim_at_256(to_tensor(frames))))
