"""Sentences written one by one, ``sentences/*.txt``: the many ways of asking for a motion that no grammar of verbs and nouns arrives at.

A file holds sections, ``== family`` and a sentence a line; ``#`` starts a comment. In a sentence

- ``{w}`` stands for a place or thing of the photo with article, ``the {o}`` for the subject, ``its`` for its owner (his, her);
- ``(a/b/)`` is one of these, at random;
- ``== pan_left pan_right`` writes for two families at once: ``{up|down}`` says what the one and the other has there, and left and right change
  places in the second;
- ``<...>`` marks what is in the photo. Of the other words all say the motion that are not among ``FILLERS``.

One in ``EVALUATION_SHARE`` is kept for evaluation, for both families of its section, since one is told by the other.
"""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sentences"
EVALUATION_SHARE = 7  # one wording in this many is held out

#: Words of asking, pointing and joining: they say no motion.
FILLERS = frozenset("""a an the this that these those it its it's he she his her him i me my we us our you your i'd i'm let's please can
could would should will may kindly want wants like love wish see show let make give have has get gets to of in on at
from with by for into as if though and or but so is are be am was were being been there here what where which who
when while some any more bit little please now then do does did not only just ok hey thanks animate add video photo
picture scene image shot camera frame view someone somebody something one""".split())

BEFORE = ("please ", "please, ", "hey, ", "now ", "ok, ", "video: ", "animate: ", "in this photo, ", "and now ", "i'd like this: ",
          "prompt: ", "scene: ", "in the video, ", "simply ", "just ", "maybe ")
AFTER = (" please", ", please", ", thanks", " in the video", " in this photo", " for me", ", if you can", " now", ", ok?",
         " in this picture", " the whole time", " as the clip goes on", ", would you", " again", " from now on")
_MIRROR = {"left": "right", "right": "left"}
_WORD = re.compile(r"(?<!')\b[a-z][\w'-]*")
_MARKED = re.compile(r"(<[^>]*>|\[[^\]]*\]|\{\w\})")


def is_held_out(skeleton: str) -> bool:
    """Whether a wording belongs to the evaluation set. Deterministic over machines and Python versions."""
    return zlib.crc32(skeleton.encode()) % EVALUATION_SHARE == 0


@dataclass(frozen=True)
class Sentence:
    """One written sentence of one family, its alternatives still open."""

    text: str
    held_out: bool

    @property
    def names_place(self) -> bool:
        return "{w}" in self.text

    @property
    def names_subject(self) -> bool:
        return "{o}" in self.text

    def draw(self, rng: random.Random) -> str:
        """Marked text with {w}, {o} and perhaps {a} to fill."""
        text = re.sub(r"\(([^()]*)\)", lambda found: rng.choice(found.group(1).split("/")), self.text)
        owner = rng.choice(["its", "its", "his", "her"])
        text = re.sub(r"\bits\b", owner, text.replace("{o}", "<{o}>"))
        return marked_words(re.sub(r"\s+", " ", text).strip())


def marked_words(text: str) -> str:
    """Mark the words that are no fillers; all of them where only fillers are."""
    parts = _MARKED.split(text)
    parts[::2] = [_WORD.sub(lambda word: word.group() if word.group() in FILLERS else f"[{word.group()}]", part) for part in parts[::2]]
    marked = "".join(parts)
    return marked if "[" in marked else "".join(f"[{part}]" if part.strip() and index % 2 == 0 else part for index, part in enumerate(parts))


def dressed(text: str, rng: random.Random) -> str:
    """With words of politeness or address about it, now and then."""
    if "please" in text or text[0] in "[{<" and rng.random() < 0.5:
        return text
    if rng.random() < 0.12:
        text = rng.choice(BEFORE) + text
    elif rng.random() < 0.14 and text[-1] not in "?!":
        text += rng.choice(AFTER)
    return text


@cache
def sentences() -> dict[str, tuple[Sentence, ...]]:
    """All written sentences, by family."""
    found: dict[str, list[Sentence]] = {}
    families: list[str] = []
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("=="):
                families = line.removeprefix("==").split()
            elif line.strip() and not line.startswith("#"):
                for side, family in enumerate(families):
                    found.setdefault(family, []).append(Sentence(sided(line, side), is_held_out(line)))
    return {family: tuple(listed) for family, listed in found.items()}


def sided(line: str, side: int) -> str:
    """What a section's first (0) or second (1) family has of its lines."""
    parts = re.split(r"\{([^{}|]*\|[^{}|]*)\}", line)  # outside, choice, outside, ...
    parts[1::2] = [choice.split("|")[side] for choice in parts[1::2]]
    if side:
        parts[::2] = [re.sub(r"left|right", lambda word: _MIRROR[word.group()], part) for part in parts[::2]]
    return "".join(parts)
