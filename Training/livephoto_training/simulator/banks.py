"""Pictures the simulator draws from: photographs, procedural scenes and cut-out objects, all kept as uint8 in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..data.regions import Region
from .procedural import landscape_with_sky, procedural_scene


class PhotoBank:
    """Photographs [H, W, 3] uint8, short side 512 or less, and on request endless procedural scenes between them.

    ``names`` holds what each photograph is known by, as ``data.prepare`` named it.
    """

    def __init__(self, photos: list[np.ndarray], procedural_share: float = 0.12, names: list[str] | None = None):
        self.photos = list(photos)
        self.names = list(names) if names else [""] * len(self.photos)
        self.procedural_share = procedural_share if self.photos else 1.0

    @classmethod
    def load(cls, path: str | Path, procedural_share: float = 0.12) -> PhotoBank:
        with np.load(path) as archive:
            names = [key.partition(" ")[2] for key in archive.files]
            return cls([archive[key] for key in archive.files], procedural_share, names)

    def __len__(self) -> int:
        return len(self.photos)

    @staticmethod
    def draw_procedural(rng: np.random.Generator) -> tuple[np.ndarray, list[Region]]:
        """A made-up picture, uint8 [H, W, 3], and its regions."""
        if rng.random() < 0.3:
            picture, sky = landscape_with_sky(rng)
            return picture, [Region("sky", ["the sky", "the clouds"], sky, False)]
        return procedural_scene(rng), []


class StampBank:
    """Cut-out objects: RGBA uint8 [h, w, 4] with a noun phrase each ("red apple"), and what sort of thing it is ("fruit", or "")."""

    def __init__(self, stamps: list[np.ndarray], nouns: list[str], kinds: list[str] | None = None):
        if len(stamps) != len(nouns):
            raise ValueError(f"{len(stamps)} stamps but {len(nouns)} nouns")
        self.stamps, self.nouns = list(stamps), list(nouns)
        self.kinds = list(kinds) if kinds else [""] * len(stamps)

    @classmethod
    def load(cls, path: str | Path, split: str = "train") -> StampBank:
        """The cut-outs of a split: one in twelve is kept for evaluation ("eval"); "all" takes both.

        Only the first ``evaluated`` of the archive take part (all, where it does not say): later sources are for training alone.
        """
        with np.load(path) as archive:
            nouns = [str(noun) for noun in archive["nouns"]]
            kinds = [str(kind) for kind in archive["kinds"]] if "kinds" in archive.files else [""] * len(nouns)
            evaluated = int(archive["evaluated"]) if "evaluated" in archive.files else len(nouns)
            kept = [index for index in range(len(nouns)) if split == "all" or (index % 12 == 5 and index < evaluated) == (split == "eval")]
            return cls([archive[f"stamp{index:04d}"] for index in kept], [nouns[index] for index in kept],
                       [kinds[index] for index in kept])

    def __len__(self) -> int:
        return len(self.stamps)
