"""Draws clips before they are rendered: which families, how strong, on which stage, and how it is said."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from . import families as f
from .grammar import FAMILY_WORDS, Grammar
from .program import Motion
from .stage import FAMILY_KINDS, Stage, StageSetter
from .wordings import SCENE_WORDS

COMBINED_SHARE = 0.15
# Below this part of a family's range nothing is seen to move; without a floor, half of the ten levels would be spent there.
CALMEST = 0.12


@dataclass
class Scene:
    """One clip to be: stage, motion, words."""

    stage: Stage
    motion: Motion
    family: str
    caption: str
    strength: float
    speed: float  # -1 said to be slow, 1 said to be fast


class SceneDrawer:
    """Draws ``Scene``s; deterministic by the generator it is given."""

    def __init__(self, setter: StageSetter, grammar: Grammar, families: dict[str, float] | None = None, combined_share: float = COMBINED_SHARE):
        weights = {name: weight for name, weight in (families or f.WEIGHTS).items() if name in FAMILY_WORDS}
        self.setter, self.grammar, self.combined_share = setter, grammar, combined_share
        self.names = list(weights)
        total = sum(weights.values())
        self.chances = [weight / total for weight in weights.values()]

    def draw(self, rng: np.random.Generator, height: int, width: int, family: str | None = None, strength: float | None = None) -> Scene:
        words = random.Random(int(rng.integers(2 ** 62)))
        stage = None
        for _ in range(20):
            name = family or str(rng.choice(self.names, p=self.chances))
            # A little more of both ends than of the middle: many families reach the outer levels only there.
            a = float(np.clip(rng.uniform(-0.08, 1.08), 0, 1)) if strength is None else strength
            if name in f.SUBJECT:
                stage = self.setter.subject(rng, height, width)
            elif name in FAMILY_KINDS:
                stage = self.setter.place(rng, name, height, width)
            else:
                stage = self.setter.anything(rng, height, width)
            if stage is not None:
                break
        else:
            name, stage = "still", self.setter.anything(rng, height, width)
        motion = Motion()
        b = CALMEST + (1 - CALMEST) * a
        f.FAMILIES[name](motion, b)
        if name != "still" and name not in f.CAMERA and rng.random() < self.combined_share:
            second = str(rng.choice(list(f.CAMERA)))
            f.FAMILIES[second](motion, CALMEST + (1 - CALMEST) * a * float(rng.uniform(0.3, 0.9)))
            caption = self.grammar.combined([name, second], words, [stage.noun, None], a, [stage.place, None])
        else:
            scene = None
            if rng.random() < 0.3:
                scene = f"the {words.choice(stage.others)}" if stage.others and rng.random() < 0.6 else words.choice(SCENE_WORDS)
            if stage.place is not None and name not in f.SUBJECT:
                caption = self.grammar.caption(name, words, None, a, scene, place=stage.place)
            else:
                noun = stage.noun if rng.random() < 0.9 or stage.others else None
                caption = self.grammar.caption(name, words, noun, a, scene)
        return Scene(stage, motion, name, caption, a, caption.speed)
