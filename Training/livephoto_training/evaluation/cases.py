"""What is asked of a generator: photos it has never seen, in words it has never read, in an order that may be cut short anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .groups import GROUPS, NATURE, SUBJECT
from .pictures import Cutout, Photo, composite, with_stuff
from .prompts import Prompts

LEVELS = (1, 3, 5, 7, 10)
LEVEL_FAMILIES = ("pan_left", "jump", "wind", "darken", "snow", "zoom_in", "sway", "clouds_right", "flicker", "rain")
PAIR_FAMILIES = ("jump", "move_left", "sway", "grow", "spin_clockwise", "dance", "move_right", "shrink")

#: Words of pace and force.
PACE = re.compile(r"slow|gradual|gentl|soft|calm|light(ly)? |fast|quick|rapid|swift|rac(e|ing)|rush|dash|strong|wild|violent|furious|fierce|heav|storm|gust|"
                  r"blizzard|downpour|barely|hardly|bit by bit", re.I)


@dataclass
class Case:
    photo: Photo
    family: str
    prompt: str
    level: float
    seed: int
    purpose: str = "motion"  # or "pair" (two objects), "levels", "still"


class CaseMaker:
    """Makes the cases of one round after the other."""

    def __init__(self, photos: list[Photo], cutouts: list[Cutout], prompts: Prompts, level: float = 6, seed: int = 1,
                 families: list[str] | None = None):
        self.photos, self.cutouts, self.prompts, self.level, self.seed, self.families = photos, cutouts, prompts, level, seed, families
        self.rng = np.random.default_rng(seed)

    def round(self, number: int) -> list[list[Case]]:
        """Blocks of cases that belong together, one block a family and purpose, all purposes evenly mixed."""
        motion = mixed([[self.motion(family, number) for family in names if self.wanted(family)] for names in GROUPS.values()])
        levels = [self.levels(family, number) for family in LEVEL_FAMILIES[number % 2 * 5:][:5] if self.wanted(family)]
        pairs = [self.pair(family, number) for family in PAIR_FAMILIES[number % 2 * 4:][:4] if self.wanted(family)]
        still = [[Case(self.photo(number), "still", self.prompts.draw("still", number).text, 1, self.seed + number, "still")] if self.wanted("still") else []]
        return [block for block in mixed([motion, levels, pairs, still]) if block]

    def rounds(self, count: int) -> Iterator[list[Case]]:
        for number in range(count):
            yield from self.round(number)

    def wanted(self, family: str) -> bool:
        return not self.families or family in self.families

    def photo(self, index: int) -> Photo:
        return self.photos[index % len(self.photos)]

    def shown(self, family: str, index: int) -> Photo | None:
        """A photo on which the family can be shown; None if there is none."""
        if family in SUBJECT:
            return composite(self.photo(index), self.cutouts, self.rng) if self.cutouts else None
        if family in NATURE:
            fitting = [found for photo in self.photos for found in with_stuff(photo, family)]
            return fitting[index % len(fitting)] if fitting else None
        return self.photo(index)

    def motion(self, family: str, number: int) -> list[Case]:
        place = 7 * number + sum(map(ord, family))
        photo = self.shown(family, place if family not in NATURE else number)
        if photo is None:
            return []
        prompt = self.prompts.draw(family, number, photo.noun, photo.stuff)
        return [Case(photo, family, prompt.text, self.level, self.seed * 1000 + place)]

    def pair(self, family: str, number: int) -> list[Case]:
        if not self.cutouts:
            return []
        photo = composite(self.photo(number + sum(map(ord, family))), self.cutouts, self.rng, two=True)
        return [Case(photo, family, self.prompts.draw(family, number, photo.noun).text, self.level, self.seed * 1000 + number, "pair")]

    def levels(self, family: str, number: int) -> list[Case]:
        """The same photo, words and seed at several levels."""
        photo = self.shown(family, number + LEVEL_FAMILIES.index(family))
        if photo is None:
            return []
        # "Slowly" and "fast" count on top of the level that is asked for: here it is the number alone that is tried.
        drawn = (self.prompts.draw(family, number + turn, photo.noun, photo.stuff).text for turn in range(20))
        text = next((text for text in drawn if not PACE.search(text)), None)
        if text is None:
            return []
        return [Case(photo, family, text, level, self.seed + number, "levels") for level in LEVELS]


def mixed(lists: list[list]) -> list:
    """All items, those of each list evenly spread."""
    placed = [((place + 0.5) / len(items), number, place) for number, items in enumerate(lists) for place in range(len(items))]
    return [lists[number][place] for _, number, place in sorted(placed)]
