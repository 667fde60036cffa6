"""From results to the table that says whether a model is good enough, and its forms for people and machines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .groups import GROUPS, group_of
from .suite import Result


@dataclass
class Row:
    """One line of the table. ``value`` is nan where nothing could be measured; ``why`` says so."""

    key: str
    what: str
    value: float
    goal: float
    unit: str = "%"  # or "dB", "/255", "s"
    at_most: bool = False
    count: int = 0
    why: str = ""

    @property
    def met(self) -> bool | None:
        if not np.isfinite(self.value):
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def text(self, value: float) -> str:
        if not np.isfinite(value):
            return "–"
        return f"{100 * value:.0f} %" if self.unit == "%" else f"{value:.2f}{'' if self.unit == '/255' else ' '}{self.unit}"


def mean(values: list[float]) -> float:
    values = [value for value in values if np.isfinite(value)]
    return float(np.mean(values)) if values else float("nan")


def rows(results: list[Result]) -> list[Row]:
    """The rows that clips can tell. A clip that failed with an error counts as wrong."""
    motion = [r for r in results if r.case.purpose == "motion"]
    camera = [r for r in motion if group_of(r.case.family) == "camera"]
    others = [r for r in motion if group_of(r.case.family) not in ("camera", "still")]
    one = [r for r in motion if r.case.photo.mask is not None]
    pairs = [r for r in results if r.case.purpose == "pair"]
    still = [r for r in results if r.case.purpose == "still"]
    order, near, count = level_figures(results)
    table = [
        Row("camera", "camera prompts going the right way", mean([r.passed for r in camera]), 0.95, count=len(camera)),
        Row("recognised", "subject, nature, light and content prompts recognised by the family's measure", mean([r.passed for r in others]), 0.85,
            count=len(others)),
    ]
    table += [Row(f"recognised_{group}", f"– of these {group}", mean([r.passed for r in others if r.case.family in GROUPS[group]]), 0.85,
                  count=sum(r.case.family in GROUPS[group] for r in others)) for group in ("subject", "nature", "light", "content")]
    table += [
        Row("energy", "motion energy on the named object", mean(shares(one + pairs)), 0.8, count=len(one + pairs)),
        Row("energy_one", "– of these one object in the picture", mean(shares(one)), 0.8, count=len(one)),
        Row("energy_two", "– of these two objects, one named", mean(shares(pairs)), 0.8, count=len(pairs)),
        Row("named_more", "of two objects the named one moves more", mean([bool(r.energy and r.energy.named > 1.2 * r.energy.other) for r in pairs]),
            0.8, count=len(pairs)),
        Row("order", "a higher level moves more, in pairs", order, 0.95, count=count),
        Row("near", "measured level within 1 of the request", near, 0.8, count=sum(r.case.purpose == "levels" for r in results)),
        Row("still", "“stays still” at level 1, worst frame against the photo", min([0.0 if r.error else r.psnr for r in still], default=float("nan")),
            40, "dB", count=len(still)),
        Row("sharpness", "sharpness of moved regions, gradient energy against the photo, camera prompts", mean([r.sharpness for r in camera]), 0.9,
            count=len(camera)),
        Row("flicker", "flicker from frame to frame far from the named object", mean([r.energy.flicker for r in one if r.energy]), 1, "/255", True, len(one)),
    ]
    return table


def shares(results: list[Result]) -> list[float]:
    return [r.energy.share if r.energy else 0.0 for r in results]


def level_runs(results: list[Result]) -> dict[tuple, list[Result]]:
    """Results of the same photo and words at several levels, calm first."""
    runs = defaultdict(list)
    for r in results:
        if r.case.purpose == "levels":
            runs[r.case.family, r.case.photo.name, r.case.prompt].append(r)
    return {key: sorted(mine, key=lambda r: r.case.level) for key, mine in runs.items()}


def level_figures(results: list[Result]) -> tuple[float, float, int]:
    """Share of pairs in order, share within one level, number of pairs. A clip without a level counts as wrong."""
    pairs, near = [], []
    for mine in level_runs(results).values():
        pairs += [bool(a.ssim > b.ssim) for a, b in combinations(mine, 2)]  # nan compares as wrong
        near += [bool(abs(r.level - r.case.level) <= 1) for r in mine]
    return mean(pairs), mean(near), len(pairs)


def family_rows(results: list[Result]) -> list[dict]:
    """One row a family: clips, passed, opposite, and the levels measured."""
    table = []
    for group, names in GROUPS.items():
        for family in names:
            mine = [r for r in results if r.case.family == family and r.case.purpose == "motion"]
            runs = [mine_ for (name, *_), mine_ in level_runs(results).items() if name == family]
            if mine or runs:
                levels = [[round(r.level, 1) for r in run] for run in runs]
                order, near, _ = level_figures([r for run in runs for r in run])
                table.append({"group": group, "family": family, "clips": len(mine), "passed": sum(r.passed for r in mine),
                              "opposite": sum(r.score <= -1 for r in mine), "score": mean([float(np.clip(r.score, -3, 3)) for r in mine]),
                              "seconds": mean([r.seconds for r in mine]), "levels": levels, "order": order, "near": near})
    return table


def text(table: list[Row], families: list[dict]) -> str:
    """For a terminal."""
    lines = [f"{'what':84}{'at least':>12}{'measured':>12}{'of':>6}"]
    for row in table:
        verdict = {True: "yes", False: "NO", None: row.why or "not measured"}[row.met]
        goal = ("at most " if row.at_most else "") + row.text(row.goal)
        lines.append(f"{row.what:84}{goal:>14}{row.text(row.value):>12}{row.count or '':>6}  {verdict}")
    lines += ["", f"{'family':24}{'passed':>8}{'opposite':>10}{'score':>7}{'s/clip':>8}  levels measured for 1 3 5 7 10"]
    for row in families:
        lines.append(f"{row['family']:24}{row['passed']:5d}/{row['clips']:<2d}{row['opposite']:10d}{row['score']:7.2f}{row['seconds']:8.1f}  "
                     + "; ".join(" ".join(map(str, levels)) for levels in row["levels"]))
    return "\n".join(lines)


def markdown(table: list[Row], families: list[dict], note: str, ablations: str = "") -> str:
    """For a model card."""
    lines = ["| what | wanted | measured | clips | |", "|---|---|---|---|---|"]
    for row in table:
        verdict = {True: "yes", False: "no", None: row.why or "not measured"}[row.met]
        goal = f"{'at most' if row.at_most else 'at least'} {row.text(row.goal)}"
        lines.append(f"| {row.what} | {goal} | {row.text(row.value)} | {row.count or ''} | {verdict} |")
    lines += ["", note, ""]
    if ablations:
        lines += [ablations, ""]
    lines += ["| family | passed | opposite | levels measured for 1, 3, 5, 7, 10 |", "|---|---|---|---|"]
    for row in families:
        lines.append(f"| {row['family']} | {row['passed']} of {row['clips']} | {row['opposite']} | {'; '.join(', '.join(map(str, x)) for x in row['levels'])} |")
    return "\n".join(lines) + "\n"


def plain(value):
    """Values that JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), 5) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
