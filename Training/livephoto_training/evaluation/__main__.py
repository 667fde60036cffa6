"""Evaluate a livephoto program over unseen photos and unseen wordings.

    python -m livephoto_training.evaluation --cli build/livephoto --photos held-out/ -o report/
    python -m livephoto_training.evaluation --simulator --data checkpoints/data -o report/      (the evaluation's own check)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..simulator.banks import PhotoBank, StampBank
from ..simulator.clips import ClipSimulator
from ..simulator.families import FAMILIES
from ..simulator.levels import LevelScale
from .cases import level_cases, load_photos, motion_cases
from .generators import CommandLine
from .self_check import self_check
from .suite import evaluate


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m livephoto_training.evaluation", description=__doc__.split("\n")[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--cli", type=Path, help="the livephoto program")
    source.add_argument("--simulator", action="store_true", help="check the evaluation on the simulator's true clips")
    parser.add_argument("--photos", type=Path, help="folder of photographs never trained on")
    parser.add_argument("--only", nargs="*", help="stems of the photographs to use")
    parser.add_argument("--family", action="append", choices=sorted(FAMILIES), help="family to test; may be given more than once (default: all)")
    parser.add_argument("--per-family", type=int, default=4)
    parser.add_argument("--level", type=float, default=6)
    parser.add_argument("--no-levels", action="store_true", help="leave out the runs over several levels")
    parser.add_argument("--photo-side", type=int, default=256, help="short side of the photographs handed over")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"), help="folder with stamps.npz and levels.json, if there is one")
    parser.add_argument("--option", action="append", default=[], help="further option for the program, e.g. --option=--steps=10")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=Path("report"))
    arguments = parser.parse_args()

    stamps = StampBank.load(arguments.data / "stamps.npz", "eval") if (arguments.data / "stamps.npz").exists() else None
    if arguments.simulator:
        sim = ClipSimulator(PhotoBank.load(arguments.data / "photos.npz"), stamps, seed=arguments.seed, split="eval", combined_share=0.0)
        shares = self_check(sim, arguments.family, arguments.per_family)
        for family, share in shares.items():
            print(f"{family:24}{share:6.0%}")
        print(f"{'all':24}{sum(shares.values()) / len(shares):6.0%}")
        return
    if arguments.photos is None:
        parser.error("--cli needs --photos")
    photos = load_photos(arguments.photos, arguments.photo_side, set(arguments.only) if arguments.only else None)
    cases = motion_cases(photos, arguments.per_family, arguments.level, arguments.family, stamps, arguments.seed)
    if not arguments.no_levels:
        cases += level_cases(photos, seed=arguments.seed, families=arguments.family)
    scale = None
    if (arguments.data / "levels.json").exists():
        stored = json.loads((arguments.data / "levels.json").read_text())["measure"]
        scale = LevelScale(stored["edges"], stored["highest"], stored["lowest"])
    report = evaluate(CommandLine(arguments.cli, arguments.option), cases, scale, progress=True)
    report.write(arguments.output)
    print(report.text())


if __name__ == "__main__":
    main()
