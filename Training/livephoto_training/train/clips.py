"""From the simulator to training batches: background processes render clips, a pool in memory mixes and reuses them.

Letters: B clips, F frames, H x W pixels, h x w latent cells.
"""

from __future__ import annotations

import json
import queue
import random
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from torch import Tensor

from ..model.configuration import Configuration
from ..model.tokenizer import Tokenizer

#: (height, width) and share: about 128 x 128 pixels each.
SIZES = (((128, 128), 0.44), ((112, 144), 0.16), ((144, 112), 0.16), ((96, 160), 0.12), ((160, 96), 0.12))
#: Families whose rendered clips show things that are not in the photo.
CONTENT_FAMILIES = ("snow", "rain", "leaves", "sparks")


@dataclass
class ClipSettings:
    """What the rendering process needs to know; picklable."""

    data: Path
    tokenizer: Path
    levels: Path | None
    config: Configuration
    frames: int = 16
    batch: int = 16
    seed: int = 0
    threads: int = 1
    pairs: int = 3  # of adjacent frames that are rendered of each clip
    mix: Path | None = None  # JSON file {"CAMERA": 2.0, ...}: how much oftener a group of families is shown; read before every batch


def compact(batch: dict, config: Configuration, tokenizer: Tokenizer) -> dict:
    """A simulator batch reduced to what training needs: 8-bit pictures, and the targets at the networks' resolution."""
    frames = batch["frames"]
    b, f, _, height, width = frames.shape
    cells = (height // config.vae_factor, width // config.vae_factor)

    def reduce(x: Tensor, size: tuple[int, int]) -> Tensor:
        return F.interpolate(x, size=size, mode="area")

    return {
        "photo": batch["photo"].mul(255).round().to(torch.uint8), "frames": frames.mul(255).round().to(torch.uint8), "times": batch["times"],
        "masks": reduce(batch["masks"], (height // 2, width // 2)).half(),
        "content": reduce(batch["content_weight"].flatten(0, 1), cells).unflatten(0, (b, f)).half(),
        **{f"target/{name}": value for name, value in batch["target"].items()},
        "speed": batch["speed"].float(), "level": batch["level"].float(), "ids": tokenizer.batch(batch["caption"]).int(),
        "empty": tokenizer.batch([""] * b).int(), "family": list(batch["family"]), "caption": list(batch["caption"]),
    }


def make_simulator(settings: ClipSettings, seed: int, split: str = "train"):
    """The simulator over the cached data, with calibrated levels if there are any."""
    from ..simulator import ClipSimulator, PhotoBank, RegionBank, StampBank, calibrate
    regions = settings.data / "regions.npz"
    simulator = ClipSimulator(PhotoBank.load(settings.data / "photos.npz"), StampBank.load(settings.data / "stamps.npz"), seed=seed, split=split,
                              regions=RegionBank.load(regions) if regions.exists() else None)
    if settings.levels is not None and settings.levels.exists():
        calibrate(simulator, path=settings.levels)
    return simulator


def family_weights(mix: Path | None) -> dict[str, float]:
    """The simulator's own shares of the families, changed by the groups' factors in a file if there is one."""
    from ..simulator import families
    try:
        factors = json.loads(mix.read_text()) if mix is not None else {}
    except (OSError, ValueError):
        factors = {}
    groups = {name: group for group in ("CAMERA", "SUBJECT", "NATURE", "LIGHT", "CONTENT") for name in getattr(families, group)}
    return {name: weight * factors.get(name, factors.get(groups.get(name), 1.0)) for name, weight in families.WEIGHTS.items()}


def render_forever(settings: ClipSettings, first: int, every: int, output: multiprocessing.Queue) -> None:
    """The process: batches ``first``, ``first + every`` and so on. Batch k depends on (seed, k) alone, so that a resumed run goes on where it stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(settings.threads)
    tokenizer = Tokenizer.load(settings.tokenizer, settings.config.tokenizer.max_length)
    simulator = make_simulator(settings, settings.seed)
    number = first
    while True:
        simulator.show(family_weights(settings.mix))
        simulator.rng = np.random.default_rng((settings.seed, number))
        size = random.Random(f"{settings.seed}/{number}").choices([s for s, _ in SIZES], [p for _, p in SIZES])[0]
        batch = simulator.sample(settings.batch, settings.frames, *size, pairs=settings.pairs)
        output.put((number, compact(batch, settings.config, tokenizer)))
        number += every


class ClipPool:
    """Rendered clips by picture size; training draws from it at random, and each clip serves about ``reuse`` times."""

    def __init__(self, settings: ClipSettings, first: int = 0, capacity: int = 1200, reuse: float = 2.0, patience: float = 4.0, render=render_forever,
                 processes: int = 1):
        self.clips: dict[tuple[int, int], list[dict]] = {}
        self.settings = settings
        self.capacity, self.reuse, self.patience = capacity, reuse, patience
        self.produced = self.consumed = 0
        self.next_number = first
        self.random = random.Random(settings.seed + first)
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(maxsize=3 * processes)
        self.processes = [context.Process(target=render, args=(settings, first + i, processes, self.queue), daemon=True) for i in range(processes)]
        for process in self.processes:
            process.start()

    def take(self, block: bool) -> bool:
        """Move one rendered batch into the pool."""
        try:
            number, batch = self.queue.get(block, timeout=120 if block else None)
        except queue.Empty:
            if not all(process.is_alive() for process in self.processes):
                raise RuntimeError("the clip simulator stopped")
            return False
        self.next_number = max(self.next_number, number + 1)
        size = tuple(batch["photo"].shape[-2:])
        stored = self.clips.setdefault(size, [])
        for i in range(len(batch["family"])):
            stored.append({k: v[i].clone() if isinstance(v, Tensor) else v[i] for k, v in batch.items()})
            self.produced += 1
        total = sum(map(len, self.clips.values()))
        if total > self.capacity:
            del stored[:max(0, min(total - self.capacity, len(stored) - 32))]
        return True

    def batch(self, clips: int) -> list[dict]:
        """Clips of one size."""
        while self.produced < 96 or self.produced * self.patience < self.consumed or not any(len(stored) >= clips for stored in self.clips.values()):
            self.take(block=True)
        while self.produced * self.reuse < self.consumed + 400 and self.take(block=False):
            pass
        sizes = [size for size, stored in self.clips.items() if len(stored) >= clips]
        size = self.random.choices(sizes, [len(self.clips[s]) for s in sizes])[0]
        self.consumed += clips
        return self.random.sample(self.clips[size], clips)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()


def collate(clips: list[dict], frames: int, text_drop: float, generator: torch.Generator) -> dict:
    """Training tensors of some clips: a few frames of each, the last pair's always among them, and now and then the empty prompt."""
    rows = []
    for clip in clips:
        total = len(clip["times"])
        index = torch.cat([torch.randperm(total - 2, generator=generator)[:frames - 1], torch.tensor([total - 1])]).sort().values
        dropped = bool(torch.rand(1, generator=generator) < text_drop)
        rows.append({
            "photo": clip["photo"].float() / 255, "frames": clip["frames"][index].float() / 255, "masks": clip["masks"].float(),
            "content": clip["content"][index].float(), "progress": clip["times"][index], "level": clip["level"], "speed": clip["speed"],
            "ids": (clip["empty"] if dropped else clip["ids"]).long(), "told": torch.tensor(not dropped),
            "is_content": torch.tensor(clip["family"] in CONTENT_FAMILIES),
            **{name: value for name, value in clip.items() if name.startswith("target/")},
        })
    batch = {key: torch.stack([row[key] for row in rows]) for key in rows[0]}
    batch["target"] = {name.removeprefix("target/"): batch.pop(name) for name in list(batch) if name.startswith("target/")}
    batch["family"] = [clip["family"] for clip in clips]
    return batch
