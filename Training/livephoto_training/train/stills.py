"""Stills for the masks: photographs with things in them, what is said of them, and where that is. No clip is rendered, so that every picture is new.

Letters: B stills, H x W pixels, L tokens.
"""

from __future__ import annotations

import random
import signal
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from torch import Tensor

from ..data.image_network import Concepts
from ..model.tokenizer import Tokenizer
from .caption_source import CaptionSource
from .clips import ClipSettings, family_weights, make_simulator

#: (height, width) and share: about 256 x 256 pixels each, a little more than the working size, and some of 192 x 192.
SIZES = (((256, 256), 0.25), ((240, 272), 0.08), ((208, 304), 0.1), ((192, 336), 0.08), ((304, 208), 0.1), ((336, 192), 0.04),
         ((192, 192), 0.16), ((160, 224), 0.06), ((144, 256), 0.05), ((224, 160), 0.05), ((256, 144), 0.03))
#: Captions of named things beside each still: they cost next to nothing.
NAMED_CAPTIONS = 3


class StillSource:
    """Draws stills, and captions that name what the content encoder once told apart."""

    def __init__(self, settings: ClipSettings, concepts: Concepts | None, seed: int, split: str = "train"):
        self.settings, self.simulator = settings, make_simulator(settings, seed, split)
        self.tokenizer = Tokenizer.load(settings.tokenizer, settings.config.tokenizer.max_length)
        self.concepts, self.captions = concepts, CaptionSource([], seed, split)

    @torch.no_grad()
    def batch(self, number: int, seed: int) -> dict:
        """photo [B, 3, H, W] and masks [B, 3, H / 2, W / 2] uint8; ids, empty [B, L]; family; and concept_ids [B, N, L], concept [B, N]:
        captions of names in ``concepts``.

        Depends on the seed and the number alone."""
        self.simulator.show(family_weights(self.settings.mix))
        self.simulator.rng = np.random.default_rng((seed, number))
        size = random.Random(f"{seed}/{number}").choices([size for size, _ in SIZES], [share for _, share in SIZES])[0]
        scenes = self.simulator.draw(self.settings.batch, *size)
        masks = torch.stack([torch.stack([s.stage.object_mask, s.stage.region_mask, s.stage.depth]) for s in scenes])
        batch = {
            "photo": torch.stack([s.stage.photo for s in scenes]).mul(255).round().to(torch.uint8),
            "masks": F.interpolate(masks, (size[0] // 2, size[1] // 2), mode="area").clamp(0, 1).mul(255).round().to(torch.uint8),
            "ids": self.tokenizer.batch([s.caption for s in scenes]).int(), "empty": self.tokenizer.batch([""] * len(scenes)).int(),
            "family": [s.family for s in scenes],
        }
        if self.concepts is not None:
            rng = self.captions.random = random.Random(f"{seed}/{number}/named")
            chosen = [self.concepts.draw(rng) for _ in range(len(scenes) * NAMED_CAPTIONS)]
            ids = self.tokenizer.batch([str(self.captions.subject(self.concepts.nouns[row]).caption) for row in chosen]).int()
            batch |= {"concept": torch.tensor(chosen).unflatten(0, (-1, NAMED_CAPTIONS)), "concept_ids": ids.unflatten(0, (-1, NAMED_CAPTIONS))}
        return batch


def draw_forever(settings: ClipSettings, first: int, every: int, output: multiprocessing.Queue) -> None:
    """The process: batches ``first``, ``first + every`` and so on. Batch k depends on (seed, k) alone, so that a resumed run goes on where it stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(settings.threads)
    path = Path(settings.tokenizer).parent / "concepts.npz"
    source = StillSource(settings, Concepts.load(path) if path.exists() else None, settings.seed)
    number = first
    while True:
        output.put((number, source.batch(number, settings.seed)))
        number += every


def collate_stills(stills: list[dict], text_drop: float, generator: torch.Generator, device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """Training tensors of some stills, now and then with the empty prompt."""
    kept = torch.rand(len(stills), generator=generator) >= text_drop
    pictures = {name: torch.stack([still[name] for still in stills]).to(device).float() / 255 for name in ("photo", "masks")}
    return pictures | {
        "ids": torch.stack([still["ids"] if keep else still["empty"] for still, keep in zip(stills, kept)]).long().to(device), "told": kept.to(device),
        **{name: torch.stack([still[name] for still in stills]).long().to(device) for name in ("concept", "concept_ids") if name in stills[0]},
    }
