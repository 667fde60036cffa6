"""Wordings kept out of training: written by hand (``prompts.json``) and drawn from the grammar's evaluation split, in turn."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

from ..simulator.grammar import Grammar

HAND_WRITTEN = Path(__file__).with_name("prompts.json")

#: Used where neither source has words for a family.
PLAIN = {
    "bounce": "{n} bounces up and down", "wave": "{n} waves", "shake_head": "{n} shakes its head", "turn": "{n} turns around", "act": "{n} is busy",
    "waves": "{n} roll in", "drift_up": "{n} rises", "fireworks": "fireworks light up the sky", "fire": "a fire is burning", "smoke": "thick smoke comes up",
    "drip": "drops are dripping", "pour": "water is poured in", "stars": "the stars twinkle",
}
PRONOUNS = ("it", "he", "she", "they")


@dataclass
class Prompt:
    text: str
    noun: str | None = None  # what it speaks of, where that is known


class Prompts:
    """Draws wordings by family, the same ones for the same seed."""

    def __init__(self, path: Path | None = HAND_WRITTEN, seed: int = 1):
        self.random = random.Random(seed)
        self.grammar = Grammar("eval")
        self.written: dict[str, list[Prompt]] = {}
        if path is not None and path.exists():
            for entry in json.loads(path.read_text()):
                families = entry.get("families") or [entry["family"]]
                # A sentence that tells two motions at once would need two judges to agree: left out.
                if len(families) == 1:
                    self.written.setdefault(families[0], []).append(Prompt(entry["prompt"], entry.get("noun")))
        for prompts in self.written.values():
            self.random.shuffle(prompts)

    def draw(self, family: str, index: int, noun: str | None = None, stuff: tuple[str, ...] = ()) -> Prompt:
        """The ``index``-th wording of a family: by hand if even and there are any, from the grammar otherwise.

        ``noun``: what the sentence must speak of. ``stuff``: names of what it may speak of (the stuff of nature families).
        """
        written = self.written.get(family, [])
        fitting = [prompt for prompt in written if self.fits(prompt, noun, stuff)]
        if fitting and index % 2 == 0:
            return renamed(fitting[index // 2 % len(fitting)], noun, stuff)
        drawn = self.from_grammar(family, noun, stuff)
        if drawn is None and fitting:
            return renamed(fitting[index % len(fitting)], noun, stuff)
        if drawn is None:
            name = noun or (stuff[0] if stuff else "it")
            drawn = Prompt(PLAIN.get(family, family.replace("_", " ")).replace("{n}", name if name == "it" else f"the {name}"), noun or (stuff or (None,))[0])
        return drawn

    @staticmethod
    def fits(prompt: Prompt, noun: str | None, stuff: tuple[str, ...]) -> bool:
        if noun is None and not stuff:
            return True
        return prompt.noun is not None and re.search(rf"\b{re.escape(prompt.noun)}\b", prompt.text, re.I) is not None

    def from_grammar(self, family: str, noun: str | None, stuff: tuple[str, ...]) -> Prompt | None:
        for _ in range(120):
            try:
                text = str(self.grammar.caption(family, self.random, noun, 0.5, place=f"the {stuff[0]}" if stuff else None))
            except (KeyError, ValueError):
                return None
            said = next((name for name in ((noun,) if noun else stuff) if re.search(rf"\b{re.escape(name)}\b", text, re.I)), None)
            if said or not (noun or stuff):
                return Prompt(text, said)
        return None


def renamed(prompt: Prompt, noun: str | None, stuff: tuple[str, ...]) -> Prompt:
    """The same sentence about something else."""
    name = noun or (prompt.noun if not stuff or prompt.noun in stuff else stuff[0])
    if name is None or prompt.noun is None or name == prompt.noun:
        return prompt
    text = re.sub(rf"\b{re.escape(prompt.noun)}\b", name, prompt.text, flags=re.I)
    return Prompt(re.sub(r"\b([Aa])n? (?=[aeiou])", r"\1n ", re.sub(r"\b([Aa])n (?=[^aeiou])", r"\1 ", text)), name)


#: Words that tell neither what moves nor how.
EMPTY = set("a an the this that these those its his her their our my your of in on at to from with and while is are be it he she they we i you will "
            "should please make let have want there then so as by for into some very scene picture photo image video starts start begins begin keeps "
            "keep animate s".split())


def split_words(words: list[str], noun: str) -> tuple[list[int], list[int]]:
    """Places of the motion words and of the content words among a prompt's words."""
    content = set(noun.lower().split())
    plain = [re.sub(r"[^a-z]", "", word.lower()) for word in words]
    return ([n for n, word in enumerate(plain) if word and word not in content and word not in EMPTY],
            [n for n, word in enumerate(plain) if word in content])
