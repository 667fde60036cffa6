"""Teach the motion program from captions alone: what sentence and intensity ask of camera, object, region, light and new content.

The simulator writes caption and program before it renders anything; a caption costs a thousandth of a clip. Text encoder and re-weighting
are those of ``words.safetensors`` and stay as they are, so that what they know of words outside the grammar is kept, and the video model can
train at the same time.

    python -m livephoto_training.train.program --config configs/mini.json --run checkpoints/mini --minutes 8
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from ..model.unet_blocks import time_features
from ..simulator.grammar import SENTENCE_SHARE
from .objective import program_cost, program_losses
from .program_report import report
from .state import descend, linear_factor


WRITTEN_SHARE, CHANGED_SHARE = 0.6, 0.3  # of written sentences among the captions, once the changed ones are drawn
PORTION, REFRESH = 4096, 400  # captions that are written at a time, and after how many steps
PROGRAM = "unet.motion_head.program."
MIXED = 0.5  # of the rows: their bag is drawn towards another one of the same motion


class ProgramSource:
    """Captions with their programs; the level is the strength's, until clips tell better."""

    def __init__(self, data: Path, seed: int, split: str = "train", share: float = SENTENCE_SHARE, changed: Path | None = None):
        """``share``: of written sentences among the captions. ``changed``: file of further texts with their family (``train.words``)."""
        from ..simulator import families
        from ..simulator.banks import StampBank
        from ..simulator.grammar import FAMILY_WORDS, Grammar
        from ..simulator.region_bank import RegionBank
        from ..simulator.wordings import SCENE_WORDS
        stamps = StampBank.load(data / "stamps.npz")
        self.nouns = sorted(set(stamps.nouns) | {kind for kind in stamps.kinds if kind})
        self.places: dict[str, list[str]] = {}
        if (data / "regions.npz").exists():
            regions = RegionBank.load(data / "regions.npz")
            for region in (region for photo in range(len(regions)) for region in regions.regions(photo)):
                self.places.setdefault(region.kind, []).extend(region.names)
        self.families, self.grammar, self.scenes = families, Grammar(split, share), SCENE_WORDS
        self.names = [name for name in families.FAMILIES if name in FAMILY_WORDS]
        self.changed: dict[str, list[str]] = {}
        if changed is not None and changed.exists():
            for text, family in json.loads(changed.read_text(encoding="utf-8")):
                self.changed.setdefault(family, []).append(text)
        self.random = random.Random(seed)

    def draw(self):
        """caption, motion, level in [1, 10], speed said, families ("jump" or "jump+zoom_in")"""
        from ..simulator.program import Motion
        from ..simulator.scenes import CALMEST
        from ..simulator.stage import FAMILY_KINDS
        rng, f = self.random, self.families
        name, a = rng.choice(self.names), rng.random()
        motion = Motion()
        f.FAMILIES[name](motion, CALMEST + (1 - CALMEST) * a)
        if name in self.changed and rng.random() < CHANGED_SHARE:
            return rng.choice(self.changed[name]), motion, 1 + 9 * a, 0.0, name
        noun = rng.choice(self.nouns) if rng.random() < 0.5 else None
        place = None
        if name in FAMILY_KINDS and rng.random() < 0.7:
            named = [word for kind in FAMILY_KINDS[name] for word in self.places.get(kind, ())]
            place = rng.choice(named) if named and rng.random() < 0.6 else f"the {rng.choice(self.nouns)}"
        if name not in f.CAMERA and name != "still" and rng.random() < 0.12:
            second = rng.choice(list(f.CAMERA))
            f.FAMILIES[second](motion, CALMEST + (1 - CALMEST) * a * rng.uniform(0.3, 0.9))
            caption = self.grammar.combined([name, second], rng, [noun if name in f.SUBJECT else None, None], a, [place, None])
            name = f"{name}+{second}"
        else:
            scene = None
            if rng.random() < 0.3:
                scene = rng.choice(self.scenes) if rng.random() < 0.5 else f"the {rng.choice(self.nouns)}"
            caption = self.grammar.caption(name, rng, noun if name in f.SUBJECT else None, a, scene, place=place)
        return caption, motion, 1 + 9 * a, float(caption.speed), name

    def batch(self, size: int) -> tuple[list[str], dict[str, Tensor], Tensor, Tensor, list[str]]:
        from ..simulator.program import targets
        captions, motions, levels, speeds, names = zip(*(self.draw() for _ in range(size)))
        return list(captions), targets(list(motions)), torch.tensor(levels, dtype=torch.float32), torch.tensor(speeds), list(names)


class Alike:
    """Which captions of a growing pool say the same motion."""

    def __init__(self):
        self.numbers: dict[str, int] = {}
        self.rows: list[list[int]] = []
        self.motion_of: list[int] = []

    def add(self, names: list[str]) -> None:
        for name in names:
            number = self.numbers.setdefault(name, len(self.numbers))
            if number == len(self.rows):
                self.rows.append([])
            self.rows[number].append(len(self.motion_of))
            self.motion_of.append(number)

    def partners(self, chosen: Tensor) -> Tensor:
        """For each row one of the same motion, perhaps itself."""
        draws = torch.rand(len(chosen)).tolist()
        found = [self.rows[self.motion_of[row]] for row in chosen.tolist()]
        return torch.tensor([same[int(draw * len(same))] for same, draw in zip(found, draws)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--initial", type=Path, help="a model folder whose program to go on from")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--captions", type=int, default=60000, help="how many are written in all")
    parser.add_argument("--report", action="store_true", help="train nothing, report on the run's program.safetensors")
    parser.add_argument("--noise", type=float, default=0.2, help="on the bags of words, in their deviations")
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = Configuration.load(arguments.config)
    model = LivePhotoModel(config)
    initialise(model, arguments.seed)
    if arguments.initial:
        model.load_networks(arguments.initial)
    # A program from before goes on, on the words of now.
    for name, prefix in (("words.safetensors", ""), ("program.safetensors", PROGRAM)):
        if (arguments.run / name).exists():
            state = load_file(arguments.run / name)
            model.load_state_dict({key: value for key, value in state.items() if key.startswith(prefix)}, strict=False)
    tokenizer = Tokenizer.load(arguments.run / "tokenizer", config.tokenizer.max_length)
    head = model.unet.motion_head.program
    width = config.unet.block_out_channels[0]

    @torch.no_grad()
    def read(source: ProgramSource, size: int) -> tuple[dict[str, Tensor], list[str]]:
        """Captions with the bags of their words; what the text encoder says is not changed here."""
        parts, names = [], []
        for _ in range(0, size, arguments.batch):
            texts, target, level, speed, families = source.batch(arguments.batch)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.half):
                _, bag, _ = model.encode_text(tokenizer.batch(texts), torch.full((len(texts), 1), 0.5))
            parts.append({"bag": bag[:, 0].float(), "level": time_features(100 * level, width), "speed": speed, **target})
            names += families
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}, names

    def losses(rows: dict[str, Tensor]) -> dict[str, Tensor]:
        return program_losses(head(rows["bag"], rows["level"]), rows, rows["speed"])

    source, alike = ProgramSource(arguments.data, arguments.seed, share=WRITTEN_SHARE, changed=arguments.run / "changed.json"), Alike()
    unseen = {what: read(ProgramSource(arguments.data, arguments.seed + 1, "eval", share), 1536)
              for what, share in (("wordings of the grammar", 0.0), ("written sentences", 1.0))}

    def tell() -> None:
        with torch.no_grad():
            for what, (rows, names) in unseen.items():
                report(f"unseen {what}", head(rows["bag"], rows["level"]), rows, names)

    if arguments.report:
        return tell()
    optimiser = torch.optim.AdamW(head.parameters(), betas=(0.9, 0.99), weight_decay=0.02)
    start, step, kept, pool = time.time(), 0, [], None
    while (elapsed := time.time() - start) < 60 * arguments.minutes:
        if step % REFRESH == 0 and (pool is None or len(pool["bag"]) < arguments.captions):
            fresh, names = read(source, PORTION)
            alike.add(names)
            pool = fresh if pool is None else {name: torch.cat([pool[name], fresh[name]]) for name in pool}
        progress = elapsed / 60 / arguments.minutes
        factor = linear_factor(progress, step, warmup=100)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * factor
        chosen = torch.randint(len(pool["bag"]), (arguments.batch * 2,))
        rows = {name: values[chosen] for name, values in pool.items()}
        # Wordings that nobody wrote lie beside those that somebody did, and between two of the same motion.
        partner, part = alike.partners(chosen), torch.rand(len(chosen), 1) * (torch.rand(len(chosen), 1) < MIXED) * 0.5
        rows["bag"] = torch.lerp(rows["bag"], pool["bag"][partner], part)
        rows["speed"] = torch.lerp(rows["speed"], pool["speed"][partner], part[:, 0])
        rows["bag"] = rows["bag"] + arguments.noise * rows["bag"].std() * torch.randn_like(rows["bag"])
        loss = program_cost(losses(rows)).mean()
        descend(loss, optimiser, head.parameters())
        step, kept = step + 1, kept + [float(loss.detach())]
        if step % 500 == 0:
            with torch.no_grad():
                said = ", ".join(f"{what} form {float(losses(rows)['form'].mean()):.3f}" for what, (rows, _) in unseen.items())
            print(f"step {step} {elapsed:.0f} s of {len(pool['bag'])} captions, loss {np.mean(kept[-200:]):.3f} | unseen {said}", flush=True)
    tell()
    state = {k: v for k, v in model.state_dict().items() if k.startswith(("text_encoder.", "text_reweighting.", PROGRAM))}
    save_file({k: v.contiguous().clone() for k, v in state.items()}, arguments.run / "program.safetensors")


if __name__ == "__main__":
    main()
