"""Draws plans: which family, how strong, on which stage, and how it is said."""

from __future__ import annotations

import random

import numpy as np

from . import families as f
from .banks import StampBank
from .grammar import Grammar
from .plan import Region, ScenePlan, Stamp
from .wordings import SCENE_WORDS

COMBINED_SHARE = 0.15
REGION_SHARE = 0.22  # of subject clips: a part of the photo itself moves
# Below this part of a family's range nothing is seen to move; without a floor, half of the ten levels would be spent there.
CALMEST = 0.3
PROP_SHARE = 0.25  # of clips without a subject: a cut-out stands in the scene


class SceneDrawer:
    """Draws ``ScenePlan``s; deterministic by the generator it is given."""

    def __init__(self, stamps: StampBank, grammar: Grammar, families: dict[str, float] | None = None, combined_share: float = COMBINED_SHARE):
        weights = families or f.WEIGHTS
        self.stamps, self.grammar, self.combined_share = stamps, grammar, combined_share
        self.names = list(weights)
        total = sum(weights.values())
        self.chances = [weight / total for weight in weights.values()]

    def draw(self, rng: np.random.Generator, frames: int, aspect: float, family: str | None = None, strength: float | None = None) -> ScenePlan:
        """One plan. ``aspect``: width by height of the pictures to come."""
        words = random.Random(int(rng.integers(2 ** 62)))
        family = family or str(rng.choice(self.names, p=self.chances))
        # A little more of both ends than of the middle: many families reach the outer levels only there.
        a = float(np.clip(rng.uniform(-0.08, 1.08), 0, 1)) if strength is None else strength
        plan = ScenePlan(frames, family=family, strength=a, seed=int(rng.integers(2 ** 31)))
        noun = None
        if family in f.SUBJECT:
            noun = self._subject(plan, rng, aspect)
        second = None
        if family != "still" and family not in f.CAMERA and rng.random() < self.combined_share * 1.6 and self.combined_share:
            second = str(rng.choice(list(f.CAMERA)))
        prop_noun = self._prop(plan, rng, aspect) if rng.random() < (0.15 if noun else PROP_SHARE) else None
        if family == "still" and prop_noun is None and rng.random() < 0.3:
            prop_noun = self._prop(plan, rng, aspect)
        f.FAMILIES[family](plan, rng, CALMEST + (1 - CALMEST) * a)
        if second:
            b = float(rng.uniform(0, 0.8)) * a
            f.FAMILIES[second](plan, rng, b)
            plan.caption = self.grammar.combined([family, second], words, [noun, None], a)
        else:
            scene = None
            if rng.random() < 0.3:
                scene = f"the {prop_noun}" if prop_noun and rng.random() < 0.6 else words.choice(SCENE_WORDS)
            plan.caption = self.grammar.caption(family, words, noun, a, scene)
        return plan

    def _stamp(self, rng: np.random.Generator, aspect: float, low: float, high: float) -> Stamp | None:
        if not len(self.stamps):
            return None
        index = int(rng.integers(len(self.stamps)))
        pixels = self.stamps.stamps[index]
        shape = pixels.shape[1] / pixels.shape[0]
        height = min(rng.uniform(low, high), 0.7 * max(aspect, 1) / shape)
        half_width, half_height = max(aspect, 1) / 2, max(1 / aspect, 1) / 2
        reach_x, reach_y = max(half_width - height * shape / 2, 0), max(half_height - height / 2, 0)
        centre = (rng.uniform(-1, 1) * reach_x * 0.85, reach_y * float(np.clip(rng.normal(0.25, 0.5), -0.9, 0.95)))
        # A cut-out as bright and crisp as it was drawn gives itself away; lit and focused differently it looks more like a part of the photo.
        gains = tuple(rng.uniform(0.55, 1.1) * rng.uniform(0.9, 1.1, 3))
        softness = rng.uniform(0.35, 0.9) if rng.random() < 0.35 else 1.0
        return Stamp(index, centre, height, bool(rng.random() < 0.5), gains, softness)

    def _subject(self, plan: ScenePlan, rng: np.random.Generator, aspect: float) -> str | None:
        """Put a subject on stage; its noun, or None for a part of the photo."""
        if rng.random() >= REGION_SHARE:
            plan.subject = self._stamp(rng, aspect, 0.22, 0.7)
        if plan.subject is not None:
            index = plan.subject.index
            kind = self.stamps.kinds[index]
            return kind if kind and rng.random() < 0.15 else self.stamps.nouns[index]
        centre = (float(rng.normal(0, 0.1)), float(rng.normal(0.04, 0.1)))
        plan.region = Region(centre, (rng.uniform(0.2, 0.38), rng.uniform(0.24, 0.42)), np.tile(np.eye(3), (plan.frames, 1, 1)))
        return None

    def _prop(self, plan: ScenePlan, rng: np.random.Generator, aspect: float) -> str | None:
        plan.prop = self._stamp(rng, aspect, 0.18, 0.6)
        return self.stamps.nouns[plan.prop.index] if plan.prop else None
