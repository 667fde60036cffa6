"""From the simulator to training batches: a background process renders clips, a pool in memory mixes and reuses them.

Letters: B clips, F frames, H x W pixels, h x w latent cells, r the motion head's upscale.
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
#: Families whose clips show things that are not in the photo.
CONTENT_FAMILIES = ("snow", "rain", "leaves", "sparks", "lightning")


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
    mix: Path | None = None  # JSON file {"CAMERA": 2.0, ...}: how much oftener a group of families is shown; read before every batch


def compact(batch: dict, config: Configuration, tokenizer: Tokenizer) -> dict:
    """A simulator batch reduced to what training needs: 8-bit frames, and the targets at the networks' resolution, in their units."""
    frames = batch["frames"]
    b, f, _, height, width = frames.shape
    factor, head = config.vae_factor, config.unet.motion_head
    cells = (height // factor, width // factor)
    fine = (cells[0] * head.upscale, cells[1] * head.upscale)

    def reduce(x: Tensor, size: tuple[int, int]) -> Tensor:
        return F.interpolate(x.flatten(0, 1), size=size, mode="area").unflatten(0, (b, f))

    weight = reduce(batch["flow_weight"], fine)
    flow = reduce(batch["flow"] * batch["flow_weight"], fine) / weight.clamp(min=1e-3)
    flow = flow / (head.flow_scale * (height * width) ** 0.5 / 2)
    light = (reduce(batch["light"], fine) + batch["tint"][..., None, None]) / head.light_scale
    change = (frames - frames[:, :1]).abs().mean((2, 3, 4))
    return {
        "frames": frames.mul(255).round().to(torch.uint8), "flow": flow.clamp(-40, 40).half(), "flow_weight": weight.half(),
        "light": light.half(), "content": reduce(batch["content_weight"], cells).half(), "change": change,
        "level": batch["level"].float(), "ids": tokenizer.batch(batch["caption"]).int(),
        "empty": tokenizer.batch([""] * b).int(), "family": list(batch["family"]), "caption": list(batch["caption"]),
    }


def make_simulator(settings: ClipSettings, seed: int):
    """The simulator over the cached data, with calibrated levels if there are any."""
    from ..simulator import ClipSimulator, PhotoBank, StampBank, calibrate
    simulator = ClipSimulator(PhotoBank.load(settings.data / "photos.npz"), StampBank.load(settings.data / "stamps.npz"), seed=seed)
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


def render_forever(settings: ClipSettings, first: int, output: multiprocessing.Queue) -> None:
    """The process: batch k depends on (seed, k) alone, so that a resumed run goes on where it stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(settings.threads)
    tokenizer = Tokenizer.load(settings.tokenizer, settings.config.tokenizer.max_length)
    from ..simulator import Grammar
    from ..simulator.scenes import SceneDrawer
    simulator = make_simulator(settings, settings.seed)
    number = first
    while True:
        simulator.scenes = SceneDrawer(simulator.stamps, Grammar("train"), family_weights(settings.mix))
        simulator.rng = np.random.default_rng((settings.seed, number))
        size = random.Random(f"{settings.seed}/{number}").choices([s for s, _ in SIZES], [p for _, p in SIZES])[0]
        batch = simulator.sample(settings.batch, settings.frames, *size)
        output.put((number, compact(batch, settings.config, tokenizer)))
        number += 1


class ClipPool:
    """Rendered clips by picture size; training draws from it at random, and each clip serves about ``reuse`` times."""

    def __init__(self, settings: ClipSettings, first: int = 0, capacity: int = 1200, reuse: float = 2.0, patience: float = 4.0):
        self.clips: dict[tuple[int, int], list[dict]] = {}
        self.capacity, self.reuse, self.patience = capacity, reuse, patience
        self.produced = self.consumed = 0
        self.next_number = first
        self.random = random.Random(settings.seed + first)
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(maxsize=3)
        self.process = context.Process(target=render_forever, args=(settings, first, self.queue), daemon=True)
        self.process.start()

    def take(self, block: bool) -> bool:
        """Move one rendered batch into the pool."""
        try:
            number, batch = self.queue.get(block, timeout=120 if block else None)
        except queue.Empty:
            if not self.process.is_alive():
                raise RuntimeError("the clip simulator stopped")
            return False
        self.next_number = number + 1
        size = tuple(batch["frames"].shape[-2:])
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
        while self.produced < 96 or self.produced * self.patience < self.consumed:
            self.take(block=True)
        while self.produced * self.reuse < self.consumed + 400 and self.take(block=False):
            pass
        sizes = [size for size, stored in self.clips.items() if len(stored) >= clips]
        size = self.random.choices(sizes, [len(self.clips[s]) for s in sizes])[0]
        self.consumed += clips
        return self.random.sample(self.clips[size], clips)

    def moving(self, clips: int) -> list[dict]:
        """Clips of the size that has most, those with most motion first."""
        stored = max(self.clips.values(), key=len)[-96:]
        return sorted(stored, key=lambda clip: -float(clip["flow"].float().abs().mean()))[:clips]

    def stop(self) -> None:
        self.process.terminate()


def pick_frames(change: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """``count`` sorted frame numbers of a clip: one late, one likely where much has changed, the rest at random."""
    total = len(change)
    late = int(torch.randint(3 * total // 4, total, (1,), generator=generator))
    weights = change + 0.02 * change.mean() + 1e-6
    weights[late] = 0
    chosen = [late, int(torch.multinomial(weights, 1, generator=generator))]
    rest = [n for n in torch.randperm(total, generator=generator).tolist() if n not in chosen]
    return torch.tensor(sorted(chosen + rest[:count - 2]))


def collate(clips: list[dict], frames: int, text_drop: float, generator: torch.Generator) -> dict:
    """Training tensors of some clips: a few frames of each, and now and then the empty prompt."""
    rows = []
    for clip in clips:
        index = pick_frames(clip["change"].clone(), frames, generator)
        dropped = bool(torch.rand(1, generator=generator) < text_drop)
        rows.append({
            "photo": clip["frames"][0].float() / 255, "frames": clip["frames"][index].float() / 255,
            "flow": clip["flow"][index].float(), "flow_weight": clip["flow_weight"][index].float(),
            "light": clip["light"][index].float(), "content": clip["content"][index].float(),
            "progress": index / (len(clip["change"]) - 1), "level": clip["level"],
            "ids": (clip["empty"] if dropped else clip["ids"]).long(),
            "is_content": torch.tensor(clip["family"] in CONTENT_FAMILIES),
        })
    batch = {key: torch.stack([row[key] for row in rows]) for key in rows[0]}
    batch["family"] = [clip["family"] for clip in clips]
    return batch
