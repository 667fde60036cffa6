"""Runs cases through a generator within a time budget, measures and judges every clip."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .cases import Case
from .energy import Energy, energy
from .generators import Generator
from .judges import judge
from .measures import measure


@dataclass
class Result:
    """A case, what was made of it, and what that is worth."""

    case: Case
    passed: bool = False
    score: float = 0.0
    level: float = float("nan")  # measured by the engine
    ssim: float = float("nan")
    seconds: float = float("nan")
    sharpness: float = float("nan")
    psnr: float = float("nan")  # worst frame against the photo
    energy: Energy | None = None
    frames: np.ndarray | None = None
    error: str = ""

    def as_dict(self) -> dict:
        case = self.case
        return {"family": case.family, "purpose": case.purpose, "photo": case.photo.name, "prompt": case.prompt, "level": case.level, "seed": case.seed,
                "passed": self.passed, "score": self.score, "measured_level": self.level, "ssim": self.ssim, "seconds": self.seconds,
                "sharpness": self.sharpness, "psnr": self.psnr, "energy": vars(self.energy) if self.energy else None, "error": self.error}


class Budget:
    """Time that may be used; without minutes there is no end."""

    def __init__(self, minutes: float | None = None):
        self.start, self.seconds = time.monotonic(), minutes * 60 if minutes else float("inf")

    @property
    def used(self) -> float:
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        return self.seconds - self.used


def run_case(generator: Generator, case: Case, keep_frames: bool) -> Result:
    """A clip that cannot be made counts as failed and is reported."""
    result, start = Result(case), time.perf_counter()
    try:
        made = generator(case.photo.pixels, case.prompt, case.level, case.seed)
        result.seconds, result.level, result.ssim = time.perf_counter() - start, made.level, made.ssim
        frames = made.frames
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or len(frames) < 2:
            raise ValueError(f"frames must be uint8 [F, H, W, 3] with F > 1, not {frames.dtype} {frames.shape}")
        result.frames = frames if keep_frames else None
        if case.purpose == "levels":  # the engine has measured all that is asked
            return result
        measures = measure(frames, case.photo.pixels, case.photo.mask, case.photo.region)
        result.sharpness, result.psnr = measures.sharpness, measures.psnr_photo
        if case.photo.mask is not None:
            result.energy = energy(measures, case.photo.other)
        result.passed, result.score = judge(case.family, measures)
    except Exception as error:  # noqa: BLE001  one bad clip must not end an hour's evaluation
        result.error = f"{type(error).__name__}: {error}"
    return result


def run_blocks(generator: Generator, blocks: Iterable[list[Case]], total: int, budget: Budget, progress: bool = True) -> list[Result]:
    """Runs block after block until all are done or the budget is used; a block is begun only if it will probably end in time.

    Frames are kept of the first clip of each family, for the contact sheet.
    """
    results: list[Result] = []
    kept: set[str] = set()
    for block in blocks:
        typical = budget.used / len(results) if results else 0.0
        if budget.left < typical * len(block):
            # The next one may be smaller, but what is skipped now would come out of balance: stop here.
            break
        for case in block:
            first = case.family not in kept and case.purpose in ("motion", "still")
            result = run_case(generator, case, first)
            if first and result.frames is not None:
                kept.add(case.family)
            results.append(result)
            if progress:
                report(result, len(results), total, budget)
    return results


def report(result: Result, number: int, total: int, budget: Budget) -> None:
    case = result.case
    verdict = "error" if result.error else f"level {result.level:.1f}" if case.purpose == "levels" else "pass" if result.passed else "fail"
    ahead = min(budget.used / number * (total - number), budget.left)
    print(f"[{number}/{total}, {ahead / 60:.1f} min left] {verdict:9} {case.purpose:7} {case.family} at {case.level:g}: {case.prompt} [{case.photo.name}] "
          f"{result.error}", file=sys.stderr, flush=True)
