"""What is where in the photographs of a ``PhotoBank``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..data.regions import Region


class RegionBank:
    """Regions by the index of their photograph, as ``data.regions.write_regions`` stored them; masks stay packed until asked for."""

    def __init__(self, sizes: np.ndarray, captions: list[list[str]], entries: list[list[tuple[str, list[str], np.ndarray, bool]]]):
        self.sizes, self.captions, self._entries = sizes, captions, entries

    @classmethod
    def load(cls, path: str | Path) -> RegionBank:
        with np.load(path) as archive:
            sizes = archive["sizes"]
            entries: list[list] = [[] for _ in sizes]
            columns = zip(archive["photo"], archive["kinds"], archive["names"], archive["movable"])
            for number, (photo, kind, names, movable) in enumerate(columns):
                entries[int(photo)].append((str(kind), str(names).split("|"), archive[f"mask{number:04d}"], bool(movable)))
            return cls(sizes, [[text for text in str(joined).split("|") if text] for joined in archive["captions"]], entries)

    def __len__(self) -> int:
        """The number of photographs, those without regions included."""
        return len(self.sizes)

    def regions(self, photo_index: int) -> list[Region]:
        """All regions of a photograph; masks uint8 [H, W] of 0 and 1 at the size the cache keeps it in."""
        height, width = (int(length) for length in self.sizes[photo_index])
        return [Region(kind, list(names), np.unpackbits(bits, count=height * width).reshape(height, width), movable)
                for kind, names, bits, movable in self._entries[photo_index]]
