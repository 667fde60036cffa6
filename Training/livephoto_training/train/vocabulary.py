"""Everyday English beyond the grammar: nouns and verbs of WordNet that a word list knows too.

Captions with them teach no motion, only where a word that no wording has lies among the words that one has (see ``teacher.py``).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from ..simulator import wordings as w
from ..simulator import wordings_camera, wordings_subject
from ..simulator.caption import Caption
from ..simulator.grammar import OBJECT_STATEMENTS, STATEMENTS, Grammar
from ..simulator.sentences import sentences
from ..simulator.wordings_content import CONTENT
from ..simulator.wordings_nature import LIGHT, NATURE, STILL

TAILS = ["", "", "", "", "its {x}", "the {x}", "a {x}", "with a {x}", "on the {x}", "at the {x}", "his {x}", "her {x}", "some {x}", "in the {x}"]
LONGEST_USAGE = 10  # words


def lemmas(index: Path) -> set[str]:
    """Single words of a WordNet index that occur in its tagged texts."""
    found = set()
    for line in index.read_text(encoding="utf-8").split("\n"):
        fields = line.split()
        if not line.startswith(" ") and len(fields) > 6 and fields[0].isalpha() and int(fields[-int(fields[2]) - 1]) > 0:
            found.add(fields[0])
    return found


def usages(wordnet: Path) -> list[str]:
    """How WordNet's words are used: what its verbs mean, and its examples, of at most ``LONGEST_USAGE`` words; lower case, sorted."""
    found = set()
    for kind in ("verb", "adj", "adv", "noun"):
        for line in (wordnet / f"data.{kind}").read_text(encoding="utf-8").split("\n"):
            gloss = "" if line.startswith(" ") else line.partition("|")[2]
            texts = re.findall(r'"([^"]+)"', gloss)
            if kind == "verb":
                texts.append(re.sub(r"\([^)]*\)", "", gloss.partition('"')[0]).split(";")[0])
            found.update(" ".join(text.lower().split()) for text in texts)
    return sorted(text for text in found if text.isascii() and 2 <= len(text.split()) <= LONGEST_USAGE)


@dataclass
class Vocabulary:
    """Words outside of the grammar; empty lists where no files are given."""

    nouns: list[str]
    verbs: list[str]
    adjectives: list[str]

    @staticmethod
    def load(wordnet: Path | None, words: Path | None) -> "Vocabulary":
        if wordnet is None:
            return Vocabulary([], [], [])
        nouns, verbs, adjectives = (lemmas(wordnet / f"index.{kind}") for kind in ("noun", "verb", "adj"))
        if words is not None:
            known = set(words.read_text(encoding="utf-8").split("\n"))
            nouns, verbs, adjectives = nouns & known, verbs & known, adjectives & known
        said = {word for text in grammar_words() for word in text.replace("|", " ").split()}
        things = {noun for noun in nouns - verbs - adjectives - said if len(noun) > 2}
        return Vocabulary(sorted(things), sorted(verbs - said), sorted(adjectives - verbs - said))

    def caption(self, rng: random.Random, nouns: list[str]) -> Caption:
        """A sentence of the grammar's patterns, or a noun phrase, with words outside of it."""
        noun = rng.choice(self.nouns if rng.random() < 0.5 else nouns)
        if rng.random() < 0.3:
            noun = f"{rng.choice(self.adjectives if rng.random() < 0.5 else w.QUALITIES)} {noun}"
        if rng.random() < 0.25:
            return Caption(rng.choice(["the {n}", "a {n}", "{n}", "a photo of a {n}", "a {n} and a {m}"]).format(n=noun, m=rng.choice(nouns)))
        tail = rng.choice(TAILS).format(x=rng.choice(self.nouns if rng.random() < 0.5 else nouns))
        verb = w.verbs(f"{rng.choice(self.verbs)} {tail}".strip())[0]
        pattern = rng.choice(OBJECT_STATEMENTS if not tail and rng.random() < 0.4 else STATEMENTS)
        adverb = rng.choice(w.SLOW + w.FAST) if rng.random() < 0.3 else ""
        marked = Grammar._put(pattern, verb, f"{rng.choice(['the', 'a', 'this'])} <{{o}}>").replace("{o}", noun).replace("{a}", adverb)
        return Caption.parse(marked)


def grammar_words() -> list[str]:
    """All that the grammar says of motion."""
    texts = []
    for verbs, phrases in wordings_camera.CAMERA.values():
        texts += [form for verb in verbs for form in verb] + phrases
    texts += [form for verbs in wordings_subject.SUBJECT.values() for verb in verbs for form in verb]
    for entry in [*NATURE.values(), *LIGHT.values(), *CONTENT.values(), STILL]:
        texts += entry[0] + [form for verb in entry[1] for form in verb] + entry[2]
    texts += [sentence.text for listed in sentences().values() for sentence in listed]
    return [text.translate(str.maketrans("[]<>{}~,()/?!.:", " " * 15)) for text in texts]
