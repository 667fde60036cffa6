"""Judge a model: does it move photos as told, on photos and wordings kept out of training?

    python -m livephoto_training.evaluation --photos held-out/ --card card.md --json results.json --sheet sheet.png
    python -m livephoto_training.evaluation --quick                       about 3 minutes on one core
    python -m livephoto_training.evaluation --ablation --minutes 40       what each part of the model is good for
    python -m livephoto_training.evaluation --self-check                  how far the judges themselves can be trusted
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import ablation, table
from .cases import CaseMaker
from .generators import ROOT, CommandLine, Package
from .groups import FAMILIES
from .parts import decoder_row, seconds_rows, words_row
from .pictures import load_cutouts, load_photos
from .prompts import HAND_WRITTEN, Prompts
from .self_check import self_check, trust_table
from .sheet import contact_sheet
from .suite import Budget, Result, run_blocks

QUICK_MINUTES, QUICK_SIDE, DECODER_SIDE = 3.0, 160, 512


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m livephoto_training.evaluation", description=__doc__.split("\n")[0],
                                     epilog="A time budget cuts the clips off evenly over families; every figure says how many clips it is of.")
    parser.add_argument("--model", type=Path, default=ROOT / "Models" / "livephoto-mini", help="model folder")
    parser.add_argument("--photos", type=Path, nargs="*", default=[ROOT / "Examples" / "photos"], help="folders; photographs not known as held out are skipped")
    parser.add_argument("--any-photo", action="store_true", help="take all photographs of the folders: none was trained on")
    parser.add_argument("--photo-side", type=int, default=256, help="short side of the photographs handed over")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"), help="folder with stamps.npz, for test pictures with a known object")
    parser.add_argument("--prompts", type=Path, default=HAND_WRITTEN, help="wordings written by hand")
    parser.add_argument("--rounds", type=int, help="clips a family (default: 5; with --self-check 2)")
    parser.add_argument("--minutes", type=float, help="time budget of the whole command")
    parser.add_argument("--quick", action="store_true", help=f"one round of small photos in {QUICK_MINUTES:g} minutes (or --minutes)")
    parser.add_argument("--level", type=float, default=6)
    parser.add_argument("--family", action="append", choices=FAMILIES, help="only this family; may be given more than once")
    parser.add_argument("--cli", type=Path, default=ROOT / "build" / "bin" / "livephoto", help="the livephoto program, for the seconds")
    parser.add_argument("--through-cli", action="store_true", help="make all clips through the program, not the Python package")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="denoising steps (default: the model's)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ablation", action="store_true", help="also without each of the model's parts")
    parser.add_argument("--self-check", action="store_true", help="try the judges on clips whose motion is known, and stop")
    parser.add_argument("--card", type=Path, help="write the tables as Markdown")
    parser.add_argument("--json", type=Path, help="write tables and clips as JSON")
    parser.add_argument("--sheet", type=Path, help="write a picture with one row of frames a family")
    parser.add_argument("--quiet", action="store_true", help="no line a clip on stderr")
    given = parser.parse_args()
    given.rounds = given.rounds or (2 if given.self_check else 5)
    if given.quick:
        given.minutes, given.rounds, given.photo_side = given.minutes or QUICK_MINUTES, 1, min(given.photo_side, QUICK_SIDE)
    return given


class Evaluation:
    """One evaluation as the command line asks for it."""

    def __init__(self, given: argparse.Namespace):
        self.given, self.budget = given, Budget(given.minutes)
        self.photos = load_photos(given.photos, given.photo_side, given.any_photo)
        self.cutouts = load_cutouts(given.data / "stamps.npz")
        if not self.cutouts:
            print(f"no {given.data / 'stamps.npz'}: subjects and motion energy are left out", file=sys.stderr)

    def clips(self, model: Path, minutes: float | None, rounds: int, calibration: bool | None = None) -> list[Result]:
        given = self.given
        maker = CaseMaker(self.photos, self.cutouts, Prompts(given.prompts, given.seed), given.level, given.seed, given.family)
        blocks = list(maker.rounds(rounds))
        if given.through_cli:
            generator = CommandLine(given.cli, ["--model", str(model), "--threads", str(given.threads), *(["--steps", str(given.steps)] if given.steps else [])])
        else:
            generator = Package(model, given.threads, given.steps, calibration)
        return run_blocks(generator, blocks, sum(map(len, blocks)), Budget(minutes), not given.quiet)

    def minutes_left(self, parts: int = 1) -> float | None:
        return max(self.budget.left, 1) / 60 / parts if self.given.minutes else None

    def whole(self) -> tuple[list[table.Row], list[Result]]:
        """The first table."""
        given = self.given
        large = load_photos(given.photos, DECODER_SIDE, given.any_photo)
        rest = [decoder_row(given.model, large), *seconds_rows(given.cli, given.model, self.photos[0], 1 if given.quick else 3)]
        rest.append(words_row(given.model, Prompts(given.prompts, given.seed), self.cutouts))
        results = self.clips(given.model, self.minutes_left(2 if given.ablation else 1), given.rounds)
        return table.rows(results) + rest, results

    def without_parts(self) -> str:
        """The second table: the whole model and each part removed, on the same cases, one round or as much of it as all had time for."""
        count = len(ablation.PARTS) + 1
        done, removed = 0, {}
        whole = self.clips(self.given.model, self.minutes_left(count), 1)
        for part in ablation.PARTS:
            done += 1
            with ablation.without(self.given.model, part) as folder:
                if folder is None:
                    removed[part] = None
                    continue
                # The engine's calibration would make up for what the network no longer knows of levels.
                calibration = False if part == "intensity" else None
                removed[part] = self.clips(folder, self.minutes_left(count - done), 1, calibration)
        shortest = min(len(results) for results in (whole, *removed.values()) if results is not None)

        def rows(results: list[Result] | None) -> list[table.Row] | None:
            return None if results is None else table.rows(results[:shortest])

        return ablation.ablation_table(rows(whole), {part: rows(results) for part, results in removed.items()})

    def note(self, results: list[Result]) -> str:
        errors = [r.error for r in results if r.error]
        failed = f" {len(errors)} clips failed, first: {errors[0]}." if errors else ""
        written = "by hand and " if self.given.prompts.exists() else ""
        return (f"{len(results)} clips, level {self.given.level:g} unless said otherwise, {len(self.photos)} photographs and {len(self.cutouts)} cut-outs kept out of "
                f"training, wordings {written}from the grammar's held-out split, seed {self.given.seed}; short side {self.given.photo_side}.{failed}")


def write_sheet(path: Path, results: list[Result]) -> None:
    kept = [r for r in results if r.frames is not None]
    kept.sort(key=lambda r: FAMILIES.index(r.case.family))
    labels = [f"{'PASS' if r.passed else 'fail'} {r.score:5.1f}  {r.case.family} L{r.case.level:g}: {r.case.prompt}  [{r.case.photo.name}]" for r in kept]
    if kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(contact_sheet([r.frames for r in kept], labels, frame_width=128)).save(path)


def main() -> None:
    given = arguments()
    torch.set_num_threads(given.threads)
    evaluation = Evaluation(given)
    if given.self_check:
        photos = load_photos(given.photos, QUICK_SIDE, given.any_photo)
        print(trust_table(self_check(photos, evaluation.cutouts, given.family, given.rounds, given.seed)))
        return
    rows, results = evaluation.whole()
    families, note = table.family_rows(results), evaluation.note(results)
    print(table.text(rows, families))
    print(f"\n{note}")
    removed = evaluation.without_parts() if given.ablation else ""
    if removed:
        print(f"\n{removed}")
    if given.card:
        given.card.write_text(table.markdown(rows, families, note, removed))
    if given.json:
        data = {"rows": [{**vars(row), "met": row.met} for row in rows], "families": families, "clips": [r.as_dict() for r in results],
                "ablation": removed, "note": note, "options": {key: str(value) for key, value in vars(given).items()}}
        given.json.write_text(json.dumps(table.plain(data), indent=1) + "\n")
    if given.sheet:
        write_sheet(given.sheet, results)
    sys.exit(0 if np.all([row.met is not False for row in rows]) else 1)


if __name__ == "__main__":
    main()
