"""Sentences that nobody wrote: a word or two of a written one replaced by words of like meaning.

What such a sentence means is not certain; the tutor (``tutor.py``) says it.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import torch

from ..simulator.sentences import FILLERS
from .teacher import embed
from .vocabulary import lemmas

NEAREST = 12
WORD = re.compile(r"[a-z]+(?![\w'])")


def forms(word: str) -> list[str]:
    """What a verb or noun may look like in a sentence; some are no words."""
    stem = word.removesuffix("e")
    return [word, f"{word}s", f"{word}es", f"{stem}ed", f"{stem}ing", f"{word}{word[-1]}ed", f"{word}{word[-1]}ing", f"{word}ly"]


class Neighbours:
    """For each everyday English word those that the teacher puts nearest."""

    def __init__(self, words: list[str], nearest: np.ndarray):
        self.words, self.nearest = words, nearest
        self.rows = {word: row for row, word in enumerate(words)}

    @staticmethod
    def load(wordnet: Path, words: Path, cache: Path) -> Neighbours:
        """From WordNet's index files and a word list; ``cache`` keeps the teacher's embeddings."""
        known = set(words.read_text(encoding="utf-8").split("\n"))
        listed = sorted({form for kind in ("noun", "verb", "adj", "adv") for word in lemmas(wordnet / f"index.{kind}") for form in forms(word)} & known)
        vectors = torch.from_numpy(embed(listed, cache))
        nearest = torch.cat([(part @ vectors.T).topk(NEAREST + 1).indices[:, 1:] for part in vectors.split(1024)])
        return Neighbours(listed, nearest.numpy())

    def changed(self, text: str, rng: random.Random) -> str:
        """The text with one or two words replaced."""
        found = [match for match in WORD.finditer(text) if match.group() in self.rows and match.group() not in FILLERS]
        for match in sorted(rng.sample(found, min(len(found), rng.choice([1, 1, 2]))), key=lambda match: -match.start()):
            word = self.words[rng.choice(self.nearest[self.rows[match.group()]])]
            text = text[:match.start()] + word + text[match.end():]
        return text
