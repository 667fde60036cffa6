"""Captions: hundreds of wordings a family, in two disjoint sets, "train" and "eval".

A caption is drawn as verbs and nouns of the family (``wordings.py``) put into a sentence pattern, an adverb of speed that agrees with the
motion's strength, and sometimes words about the scene. The sentence without its noun and adverb decides the set: one in seven, by a hash of
the text, is kept for evaluation and never trained on.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator

from . import wordings as w

#: Each motion family -> (where its words are, direction words). The names are those of ``families.py``.
FAMILY_WORDS: dict[str, tuple[str, str, str | None]] = {
    "pan_left": ("camera", "pan", "left"), "pan_right": ("camera", "pan", "right"),
    "pan_up": ("camera", "tilt", "up"), "pan_down": ("camera", "tilt", "down"),
    "zoom_in": ("camera", "zoom_in", None), "zoom_out": ("camera", "zoom_out", None),
    "roll_clockwise": ("camera", "roll", "clockwise"), "roll_counterclockwise": ("camera", "roll", "counterclockwise"),
    "shake": ("camera", "shake", None), "orbit_left": ("camera", "orbit", "left"), "orbit_right": ("camera", "orbit", "right"),
    "jump": ("subject", "jump", None), "move_left": ("subject", "move", "left"), "move_right": ("subject", "move", "right"),
    "move_up": ("subject", "rise", None), "move_down": ("subject", "fall", None), "sway": ("subject", "sway", None),
    "dance": ("subject", "dance", None), "nod": ("subject", "nod", None), "wiggle": ("subject", "wiggle", None),
    "spin_clockwise": ("subject", "spin", "clockwise"), "spin_counterclockwise": ("subject", "spin", "counterclockwise"),
    "grow": ("subject", "grow", None), "shrink": ("subject", "shrink", None), "breathe": ("subject", "breathe", None),
    "wind": ("setting", "wind", None), "water": ("setting", "water", None), "clouds_left": ("setting", "clouds", "left"),
    "clouds_right": ("setting", "clouds", "right"), "smoke": ("setting", "smoke", None), "darken": ("setting", "darken", None),
    "brighten": ("setting", "brighten", None), "warm": ("setting", "warm", None), "cool": ("setting", "cool", None),
    "flicker": ("setting", "flicker", None), "lightning": ("setting", "lightning", None), "candle": ("setting", "candle", None),
    "shadow_left": ("setting", "shadow", "left"), "shadow_right": ("setting", "shadow", "right"), "snow": ("setting", "snow", None),
    "rain": ("setting", "rain", None), "leaves": ("setting", "leaves", None), "sparks": ("setting", "sparks", None),
    "still": ("setting", "still", None),
}

#: Families that also answer when no direction is said, so that the motion is never the mean of two opposite ones.
UNDIRECTED = {"roll_clockwise", "orbit_right", "move_right", "spin_clockwise", "clouds_right", "shadow_right"}

EVALUATION_SHARE = 7  # one wording in this many is held out

# {n} noun with article, {b}/{t}/{g} base, third person and participle, {a} adverb slot.
STATEMENTS = ["{n} {t} {a}", "{n} {t} {a}", "{n} {t} {a}", "{n} is {g} {a}", "{n} {g} {a}", "make {n} {b} {a}", "let {n} {b} {a}", "{n} {a} {t}",
              "{n} starts to {b} {a}", "{n} starts {g} {a}", "{n} begins to {b} {a}", "{n} should {b} {a}", "have {n} {b} {a}",
              "i want {n} to {b} {a}", "{a} {n} {t}", "animate {n} to {b} {a}", "{n} will {b} {a}", "{n} keeps {g} {a}", "please make {n} {b} {a}"]
OBJECT_STATEMENTS = ["a {g} {o}", "the {g} {o}", "{o} {g} {a}", "{o} {t} {a}", "the {o}: {g} {a}", "{g} {o} {a}"]
CAMERA_COMMANDS = ["{b} {a}", "{g} {a}", "{b} the camera {a}", "{a} {g}", "{g} shot", "camera {g} {a}", "camera {b} {a}", "{b} {a} with the camera"]
PHRASES = ["{p} {a}", "{p} {a}", "{a} {p}", "{p}", "there is {p}", "{p} in the scene", "video of {p}", "with {p}"]
AND_SO_ON = ["{x}, {y}", "{x} and {y}", "{x} while {y}", "{y} and {x}", "{x}. {y}"]


def is_held_out(skeleton: str) -> bool:
    """Whether a wording belongs to the evaluation set. Deterministic over machines and Python versions."""
    return zlib.crc32(skeleton.encode()) % EVALUATION_SHARE == 0


class Grammar:
    """Draws captions of one split; "all" draws from both."""

    def __init__(self, split: str = "train"):
        if split not in ("train", "eval", "all"):
            raise ValueError(f"split is train, eval or all, not {split!r}")
        self.split = split

    def caption(self, family: str, rng: random.Random, noun: str | None = None, strength: float = 0.5, scene: str | None = None) -> str:
        """One caption of a family.

        ``noun``: the subject's noun phrase without article (subject families; None says "it" or "the subject").
        ``strength``: 0 barely moving to 1 wild; picks the adverb. ``scene``: words about the picture to mention now and then.
        """
        for _ in range(500):
            skeleton = self._clause(family, rng)
            key = re.sub(r"\{a\}|the \{o\}|\{o\}|\s", "", skeleton)
            if self.split == "all" or is_held_out(key) == (self.split == "eval"):
                break
        text = self._finish(skeleton, family, rng, noun, strength)
        if scene and rng.random() < 0.5:
            text = rng.choice([f"{scene}, {text}", f"{text}, {scene}", f"{text} in {scene}" if "in " not in text else f"{scene}. {text}"])
        return self._dress(text, rng)

    def combined(self, families: list[str], rng: random.Random, nouns: list[str | None], strength: float) -> str:
        """One caption that tells two motions."""
        parts = [self.caption(family, rng, noun, strength).rstrip(".!").strip() for family, noun in zip(families, nouns)]
        parts = [part[0].lower() + part[1:] for part in parts]
        return self._dress(rng.choice(AND_SO_ON).format(x=parts[0], y=parts[1]), rng)

    def corpus(self, n: int, nouns: list[str] = (), seed: int = 0) -> Iterator[str]:
        """Texts for tokenizer training: ``n`` captions over all families and splits, and every noun and scene word at least once."""
        rng = random.Random(seed)
        yield from w.SCENE_WORDS
        yield from nouns
        everything = Grammar("all")
        families = sorted(FAMILY_WORDS)
        for index in range(n):
            noun = rng.choice(nouns) if nouns and rng.random() < 0.7 else None
            yield everything.caption(families[index % len(families)], rng, noun, rng.random(), rng.choice([None, rng.choice(w.SCENE_WORDS)]))

    def _clause(self, family: str, rng: random.Random) -> str:
        """A sentence with the noun slot {o} and the adverb slot {a} still open."""
        place, key, direction = FAMILY_WORDS[family]
        if family in UNDIRECTED and rng.random() < 0.2:
            direction = None
        if place == "camera":
            return self._camera_clause(key, direction, rng)
        if place == "subject":
            verb = rng.choice(w.SUBJECT[key])
            said = self._directed(verb, direction, rng) if direction else verb
            single = " " not in said[2]
            patterns = OBJECT_STATEMENTS if rng.random() < 0.25 else STATEMENTS
            pattern = rng.choice(patterns)
            if not single and pattern.startswith(("a {g}", "the {g}", "{g}")):
                pattern = "{o} {g} {a}"
            return self._put(pattern, said).replace("{n}", "the {o}")
        nouns, verbs, phrases = w.SETTING[key]
        if rng.random() < 0.45:
            text = rng.choice(PHRASES[:4] if key == "still" or rng.random() < 0.7 else PHRASES).replace("{p}", rng.choice(phrases))
        else:
            text = self._put(rng.choice(STATEMENTS), rng.choice(verbs)).replace("{n}", rng.choice(nouns))
            text = self._agree(text)
        return text.replace("~", rng.choice(w.DIRECTIONS[direction]) if direction else "")

    def _camera_clause(self, key: str, direction: str | None, rng: random.Random) -> str:
        verbs, phrases = w.CAMERA[key]
        draw = rng.random()
        if key in w.SCENE_VERBS and direction and draw < 0.08:
            said = self._directed(rng.choice(w.SCENE_VERBS[key]), w.OPPOSITE[direction], rng)
            return self._put(rng.choice(STATEMENTS), said).replace("{n}", rng.choice(w.SCENE_NOUNS))
        if draw < 0.3:
            return rng.choice(PHRASES[:4]).replace("{p}", rng.choice(phrases)).replace("~", rng.choice(w.DIRECTIONS[direction]) if direction else "")
        verb = rng.choice(verbs)
        said = self._directed(verb, direction, rng) if direction else verb
        if draw < 0.45:
            return self._put(rng.choice(CAMERA_COMMANDS), said)
        return self._put(rng.choice(STATEMENTS), said).replace("{n}", rng.choice(w.CAMERA_NOUNS))

    @staticmethod
    def _directed(verb: w.Verb, direction: str, rng: random.Random) -> w.Verb:
        words = rng.choice(w.DIRECTIONS[direction])
        return tuple(f"{form} {words}" for form in verb)

    @staticmethod
    def _put(pattern: str, verb: w.Verb) -> str:
        return pattern.replace("{b}", verb[0]).replace("{t}", verb[1]).replace("{g}", verb[2])

    @staticmethod
    def _agree(text: str) -> str:
        """Plural nouns take the base form: "the clouds drifts" becomes "the clouds drift"."""
        plural = re.match(r"(?:\{a\} )?((?:the |her |his |a )?(?:[\w-]+ )*?(?:\w+s|people|hair and \w+|lightning)) ", text)
        noun = plural.group(1) if plural else ""
        if not noun.endswith("s") or noun.endswith(("grass", "ss")):
            return text
        head, tail = text[:plural.end()], text[plural.end():]
        adverb = ""
        if tail.startswith("{a} "):
            adverb, tail = "{a} ", tail[4:]
        first, _, rest = tail.partition(" ")
        irregular = {"is": "are", "does": "do", "goes": "go", "starts": "start", "begins": "begin", "keeps": "keep", "gets": "get"}
        if first in irregular:
            first = irregular[first]
        elif first.endswith(("shes", "ches", "sses", "xes")):
            first = first[:-2]
        elif first.endswith("ies"):
            first = first[:-3] + "y"
        elif first.endswith("s") and not first.endswith("ss"):
            first = first[:-1]
        return f"{head}{adverb}{first} {rest}".strip()

    @staticmethod
    def _finish(skeleton: str, family: str, rng: random.Random, noun: str | None, strength: float) -> str:
        adverb = ""
        if family != "still" and "{a}" in skeleton and "slow" not in skeleton:
            draw = rng.random()
            if strength < 0.4 and draw < 0.45:
                adverb = rng.choice(w.SLOW)
            elif strength > 0.6 and draw < 0.45:
                adverb = rng.choice(w.FAST)
            elif draw > 0.94:
                adverb = rng.choice(w.NEUTRAL)
        text = skeleton.replace("{a}", adverb)
        if "{o}" in text:
            if noun is None:
                noun = rng.choice(w.SUBJECT_NOUNS)
                if "the {o}" in text and rng.random() < 0.5:
                    text = text.replace("the {o}", "it")
            elif rng.random() < 0.15 and " " in noun:
                noun = noun.split()[-1]
            article = rng.choice(["the", "the", "the", "a", "this", "that"])
            if article == "a" and noun[0] in "aeiou":
                article = "an"
            text = text.replace("the {o}", f"{article} {{o}}").replace("{o}", noun)
        return re.sub(r"\s+", " ", text).strip()

    @staticmethod
    def _dress(text: str, rng: random.Random) -> str:
        text = re.sub(r"\ba ([aeiou])", r"an \1", re.sub(r"\s+([,.:])", r"\1", text)).strip(" ,")
        if rng.random() < 0.25:
            text = text[0].upper() + text[1:]
        return text + rng.choice([".", "!", "", "", "", "", "", ""])
