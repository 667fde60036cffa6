"""Runs cases through a generator, measures and judges every clip, and sums up."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from ..simulator.levels import LevelScale
from .cases import GROUPS, Case
from .generators import Animate
from .judges import judge
from .measures import Measures, measure
from .sheet import contact_sheet

SHEET_ROWS = 24


@dataclass
class Result:
    case: Case
    frames: np.ndarray
    measures: Measures | None
    passed: bool
    score: float
    seconds: float
    error: str = ""


@dataclass
class Report:
    results: list[Result] = field(default_factory=list)

    def family_rows(self) -> list[dict]:
        """One row a family of the motion cases."""
        rows = []
        for group, names in GROUPS.items():
            for family in names:
                mine = [r for r in self.results if r.case.family == family and r.case.purpose == "motion"]
                if mine:
                    rows.append({"group": group, "family": family, **summary(mine)})
        return rows

    def group_rows(self) -> list[dict]:
        rows = []
        for group, names in [*GROUPS.items(), ("all", [name for names in GROUPS.values() for name in names])]:
            mine = [r for r in self.results if r.case.family in names and r.case.purpose == "motion"]
            if mine:
                rows.append({"group": group, "family": f"({group})", **summary(mine)})
        return rows

    def level_rows(self) -> list[dict]:
        """One row a (photo, family) of the level cases: measured values in the order of the levels asked, and the share of steps that go up."""
        runs = defaultdict(list)
        for r in self.results:
            if r.case.purpose == "levels" and r.measures:
                runs[r.case.photo.name, r.case.family].append(r)
        rows = []
        for (photo, family), mine in runs.items():
            mine.sort(key=lambda r: r.case.level)
            ssim = [r.measures.ssim for r in mine]
            rows.append({"photo": photo, "family": family, "asked": [r.case.level for r in mine], "ssim": [round(s, 4) for s in ssim],
                         "measured": [round(r.measures.level, 1) for r in mine], "amount": [round(r.measures.amount, 4) for r in mine],
                         "order": float(np.mean([b < a for a, b in zip(ssim, ssim[1:])])) if len(ssim) > 1 else 1.0})
        return rows

    def text(self) -> str:
        """The tables for people."""
        head = f"{'family':22}{'clips':>6}{'pass':>7}{'opposite':>10}{'score':>7}{'photo dB':>10}{'sharp':>7}{'flicker':>9}{'ssim':>7}{'level':>7}{'s/clip':>8}"
        lines = [head, "-" * len(head)]
        for row in self.family_rows() + [None] + self.group_rows():
            if row is None:
                lines.append("-" * len(head))
                continue
            lines.append(f"{row['family']:22}{row['clips']:6d}{row['pass']:7.0%}{row['opposite']:10.0%}{row['score']:7.2f}{row['photo_db']:10.1f}"
                         f"{row['sharpness']:7.2f}{row['flicker']:9.2f}{row['ssim']:7.3f}{row['level']:7.1f}{row['seconds']:8.1f}")
        levels = self.level_rows()
        if levels:
            lines += ["", f"levels: share of steps in order {np.mean([row['order'] for row in levels]):.0%}"]
            lines += [f"  {row['family']:10} {row['photo']:24} asked {row['asked']}  ssim {row['ssim']}  measured {row['measured']}" for row in levels]
        errors = [r for r in self.results if r.error]
        if errors:
            lines += ["", f"{len(errors)} clips failed; first: {errors[0].error}"]
        return "\n".join(lines)

    def write(self, folder: Path) -> None:
        """report.txt, report.json and contact sheets."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.txt").write_text(self.text() + "\n")
        clips = [{"photo": r.case.photo.name, "family": r.case.family, "prompt": r.case.prompt, "level": r.case.level, "seed": r.case.seed,
                  "purpose": r.case.purpose, "passed": r.passed, "score": r.score, "seconds": r.seconds, "error": r.error,
                  "measures": plain(asdict(r.measures)) if r.measures else None} for r in self.results]
        data = {"groups": self.group_rows(), "families": self.family_rows(), "levels": self.level_rows(), "clips": clips}
        (folder / "report.json").write_text(json.dumps(plain(data), indent=1))
        sheets = {group: [r for r in self.results if r.case.family in names and r.case.purpose == "motion"] for group, names in GROUPS.items()}
        sheets["levels"] = [r for r in self.results if r.case.purpose == "levels"]
        for name, results in sheets.items():
            results = [r for r in results if len(r.frames)]
            for start in range(0, len(results), SHEET_ROWS):
                part = results[start:start + SHEET_ROWS]
                number = f"-{start // SHEET_ROWS + 1}" if len(results) > SHEET_ROWS else ""
                labels = [f"{'PASS' if r.passed else 'fail'} {r.score:5.1f}  {r.case.family} L{r.case.level:g}: {r.case.prompt}  [{r.case.photo.name}]"
                          for r in part]
                Image.fromarray(contact_sheet([r.frames for r in part], labels, frame_width=128)).save(folder / f"{name}{number}.png")


def summary(results: list[Result]) -> dict:
    known = [r for r in results if r.measures]

    def mean(values: list[float]) -> float:
        values = [value for value in values if np.isfinite(value)]
        return float(np.mean(values)) if values else float("nan")

    return {"clips": len(results), "pass": mean([r.passed for r in results]), "opposite": mean([r.score <= -1 for r in results]),
            "score": mean([float(np.clip(r.score, -3, 3)) for r in known]), "photo_db": mean([r.measures.psnr_photo for r in known]),
            "sharpness": mean([r.measures.sharpness for r in known]), "flicker": mean([r.measures.flicker for r in known]),
            "ssim": mean([r.measures.ssim for r in known]), "level": mean([r.measures.level for r in known]),
            "seconds": mean([r.seconds for r in results])}


def plain(value):
    """Values that JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(np.round(value.astype(float), 5).tolist())
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), 5) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def evaluate(animate: Animate, cases: list[Case], scale: LevelScale | None = None, progress: bool = False) -> Report:
    """Run every case. A clip that cannot be made counts as failed and is reported, and the rest go on.

    ``scale``: SSIM at 256 x 256 to level (the "measure" entry of the calibration), for the measured level.
    """
    report = Report()
    for number, case in enumerate(cases):
        start = time.perf_counter()
        try:
            frames = np.asarray(animate(case.photo.pixels, case.prompt, case.level, case.seed))
            seconds = time.perf_counter() - start
            if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or len(frames) < 2:
                raise ValueError(f"frames must be uint8 [F, H, W, 3] with F > 1, not {frames.dtype} {frames.shape}")
            photo = case.photo.pixels
            if photo.shape != frames[0].shape:
                photo = np.asarray(Image.fromarray(photo).resize((frames.shape[2], frames.shape[1]), Image.LANCZOS))
            measures = measure(frames, photo, case.photo.mask, scale)
            passed, score = judge(case.family, measures)
            report.results.append(Result(case, frames, measures, passed, score, seconds))
        except Exception as error:  # noqa: BLE001  one bad clip must not end an hour's evaluation
            report.results.append(Result(case, np.zeros((0,)), None, False, 0.0, time.perf_counter() - start, f"{type(error).__name__}: {error}"))
        if progress:
            last = report.results[-1]
            print(f"[{number + 1}/{len(cases)}] {'pass' if last.passed else 'fail'} {last.score:6.2f} {case.family}: {case.prompt} {last.error}", flush=True)
    return report
