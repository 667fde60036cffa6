"""What a run has learned, family by family: masks and program told from words and photo alone, on wordings kept out of training.

    python -m livephoto_training.train.report --run checkpoints/mini --data checkpoints/data --clips 6

Per family: intersection over union of the object's and the region's mask with the true ones, share of the picture wrongly taken for either where there
is none, and error of the program's form (0 exact, 2 nothing).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ..export.__main__ import load_run
from .clips import ClipSettings, collate, compact, make_simulator
from .objective import Objective


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--clips", type=int, default=6, help="per family")
    parser.add_argument("--family", action="append", help="only these families")
    parser.add_argument("--raw", action="store_true", help="the last weights instead of the averaged ones")
    parser.add_argument("--seed", type=int, default=77)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer, counts = load_run(arguments.run, None, not arguments.raw)
    from ..simulator import FAMILIES
    settings = ClipSettings(arguments.data, arguments.run / "tokenizer", arguments.run / "levels.json", model.config)
    simulator, objective = make_simulator(settings, arguments.seed, "eval"), Objective(model)
    print(counts)
    columns = ("object", "object false", "region", "region false", "form", "effects")
    print(f"{'family':24}" + "".join(f"{name:>14}" for name in columns))
    for family in arguments.family or sorted(FAMILIES):
        clips = compact(simulator.sample(arguments.clips, 16, 128, 128, family=family, pairs=3), model.config, tokenizer)
        rows = [{name: values[i] for name, values in clips.items()} for i in range(arguments.clips)]
        found = objective.told_from_noise(collate(rows, 4, 0.0, torch.Generator().manual_seed(1)))
        print(f"{family:24}" + "".join(f"{found[name]:14.2f}" for name in columns), flush=True)


if __name__ == "__main__":
    main()
