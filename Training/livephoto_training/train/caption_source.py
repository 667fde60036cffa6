"""Captions with what they mean: families, speed, and which of their tokens say the motion or name what is in the photo."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..model.tokenizer import BYTES, WORD_PATTERN, Tokenizer
from ..simulator import wordings as w
from ..simulator.caption import Caption
from ..simulator.grammar import FAMILY_WORDS, SENTENCE_SHARE, Grammar
from .vocabulary import Vocabulary

FAMILIES = sorted(FAMILY_WORDS)
SUBJECT = [name for name in FAMILIES if FAMILY_WORDS[name][0] == "subject"]
CAMERA = [name for name in FAMILIES if FAMILY_WORDS[name][0] == "camera"]
COMBINED_SHARE = 0.12
#: How often families are drawn that say more different things than the others.
SHARES = {"act": 4.0, "move_left": 1.5, "move_right": 1.5, "wave": 1.5, "dance": 1.5, "fire": 1.5, "smoke": 1.5, "wind": 1.5, "still": 1.5}


@dataclass
class Sample:
    """A caption and the indices of its families in ``FAMILIES``; none where nothing is known of its motion."""

    caption: Caption
    families: list[int]


class CaptionSource:
    """Draws captions of one split of the grammar, with subjects named from the cut-outs, the grammar's things and a vocabulary."""

    def __init__(self, nouns: list[str], seed: int, split: str = "train", vocabulary: Vocabulary | None = None,
                 share: float = SENTENCE_SHARE):
        """``share``: of written sentences among the captions."""
        self.grammar, self.random = Grammar(split, share), random.Random(seed)
        self.nouns, self.vocabulary = nouns, vocabulary
        self.shares = [SHARES.get(name, 1.0) for name in FAMILIES]

    def noun(self) -> str:
        rng = self.random
        draw = rng.random()
        if self.vocabulary and self.vocabulary.nouns and draw < 0.3:
            noun = rng.choice(self.vocabulary.nouns)
        else:
            noun = rng.choice(w.THINGS if draw < 0.7 or not self.nouns else self.nouns)
        return f"{rng.choice(w.QUALITIES)} {noun}" if rng.random() < 0.15 else noun

    def draw(self, family: int | None = None) -> Sample:
        rng = self.random
        chosen = rng.choices(range(len(FAMILIES)), self.shares) if family is None else [family]
        strength = rng.random()
        noun = self.noun() if rng.random() < 0.5 else None
        place = None
        if rng.random() < 0.3:
            place = f"the {self.noun()}" if rng.random() < 0.5 else rng.choice(w.PLACES)
        if family is None and rng.random() < COMBINED_SHARE:
            second = FAMILIES.index(rng.choice(CAMERA)) if rng.random() < 0.7 else rng.randrange(len(FAMILIES))
            if second != chosen[0]:
                chosen.append(second)
                names = [FAMILIES[index] for index in chosen]
                return Sample(self.grammar.combined(names, rng, [noun, None], strength, [place, None]), chosen)
        scene = rng.choice([rng.choice(w.SCENE_WORDS), f"a {self.noun()}"]) if rng.random() < 0.2 else None
        return Sample(self.grammar.caption(FAMILIES[chosen[0]], rng, noun, strength, scene, place), chosen)

    def subject(self, noun: str) -> Sample:
        """A caption of what a subject of this name does."""
        family = self.random.choice(SUBJECT)
        return Sample(self.grammar.caption(family, self.random, noun, self.random.random()), [FAMILIES.index(family)])

    def outside(self) -> Sample:
        """A caption with words that no wording has."""
        return Sample(self.vocabulary.caption(self.random, w.THINGS + self.nouns), [])


def token_spans(caption: Caption, tokenizer: Tokenizer) -> tuple[np.ndarray, np.ndarray]:
    """Which of ``max_length`` tokens say the motion, and which name what is in the photo: two arrays of 0 and 1."""
    motion, place = np.zeros(tokenizer.max_length, np.float32), np.zeros(tokenizer.max_length, np.float32)
    at = 1
    for match in WORD_PATTERN.finditer(caption.lower()):
        end = at + len(tokenizer.word_ids("".join(BYTES[b] for b in match.group().encode())))
        for spans, mask in ((caption.motion_words, motion), (caption.place_words, place)):
            if any(start <= match.start() < stop for start, stop in spans):
                mask[at:min(end, tokenizer.max_length - 1)] = 1
        at = end
    return motion, place


@dataclass
class Batch:
    """Letters: B captions, L tokens, K families."""

    ids: Tensor  # [B, L]
    families: Tensor  # [B, K] shares that sum to 1, or zeros
    speed: Tensor  # [B]
    motion: Tensor  # [B, L]
    place: Tensor  # [B, L]

    def cut(self, tokens: int) -> Batch:
        """Its first tokens alone."""
        return Batch(self.ids[:, :tokens], self.families, self.speed, self.motion[:, :tokens], self.place[:, :tokens])

    def to(self, device: torch.device) -> Batch:
        return Batch(*(values.to(device) for values in (self.ids, self.families, self.speed, self.motion, self.place)))

    @staticmethod
    def of(samples: list[Sample], tokenizer: Tokenizer) -> Batch:
        target = torch.zeros(len(samples), len(FAMILIES))
        for row, sample in enumerate(samples):
            for family in sample.families:
                target[row, family] = 1 / len(sample.families)
        masks = [token_spans(sample.caption, tokenizer) for sample in samples]
        return Batch(tokenizer.batch([str(sample.caption) for sample in samples]), target,
                     torch.tensor([float(sample.caption.speed) for sample in samples]),
                     torch.from_numpy(np.stack([mask[0] for mask in masks])), torch.from_numpy(np.stack([mask[1] for mask in masks])))
