"""Captions: hundreds of wordings a family, in two disjoint sets, "train" and "eval".

A caption is drawn as verbs and nouns of the family (``wordings_*.py``) put into a sentence pattern, an adverb of speed that agrees with the
motion's strength, and sometimes words about the scene. The sentence without its noun, place and adverb decides the set: one in seven, by a
hash of the text, is kept for evaluation and never trained on. A share of the captions are written sentences instead (``sentences.py``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from . import wordings as w
from . import wordings_camera as camera
from . import wordings_subject as subject
from .caption import Caption
from .sentences import Sentence, dressed, is_held_out, sentences
from .wordings_content import CONTENT
from .wordings_nature import LIGHT, NATURE, PREPOSITIONS, STILL, STUFF

#: Each motion family -> (where its words are, their key, direction words). The names are those of ``families.py``.
FAMILY_WORDS: dict[str, tuple[str, str, str | None]] = {
    "pan_left": ("camera", "pan", "left"), "pan_right": ("camera", "pan", "right"),
    "pan_up": ("camera", "tilt", "up"), "pan_down": ("camera", "tilt", "down"),
    "zoom_in": ("camera", "zoom_in", None), "zoom_out": ("camera", "zoom_out", None),
    "roll_clockwise": ("camera", "roll", "clockwise"), "roll_counterclockwise": ("camera", "roll", "counterclockwise"),
    "shake": ("camera", "shake", None), "orbit_left": ("camera", "orbit", "left"), "orbit_right": ("camera", "orbit", "right"),
    "jump": ("subject", "jump", None), "bounce": ("subject", "bounce", None), "move_left": ("subject", "move", "left"),
    "move_right": ("subject", "move", "right"), "move_up": ("subject", "rise", "up"), "move_down": ("subject", "fall", "down"),
    "spin_clockwise": ("subject", "spin", "clockwise"), "spin_counterclockwise": ("subject", "spin", "counterclockwise"),
    **{name: ("subject", name, None) for name in ("sway", "wave", "dance", "nod", "shake_head", "wiggle", "turn", "grow", "shrink", "breathe", "act")},
    **{name: ("nature", name, None) for name in ("wind", "water", "waves", "drift_up")},
    "clouds_left": ("nature", "clouds", "left"), "clouds_right": ("nature", "clouds", "right"),
    **{name: ("light", name, None) for name in ("darken", "brighten", "warm", "cool", "flicker")},
    "shadow_left": ("light", "shadow", "left"), "shadow_right": ("light", "shadow", "right"),
    **{name: ("content", name, None) for name in CONTENT},
    "still": ("still", "still", None),
}
#: Former names of families.
ALIASES = {"candle": "fire"}

#: Families that also answer when no direction is said, so that the motion is never the mean of two opposite ones.
UNDIRECTED = {"pan_right", "roll_clockwise", "orbit_right", "move_right", "spin_clockwise", "clouds_right", "shadow_right"}
UNDIRECTED_PHRASES = camera.UNDIRECTED_PHRASES | subject.UNDIRECTED_PHRASES

SENTENCE_SHARE = 0.4  # of the captions

# {n} noun with article, {o} noun without, {b}/{t}/{g} base, third person and participle, {a} adverb slot.
STATEMENTS = ["{n} {t} {a}", "{n} {t} {a}", "{n} {t} {a}", "{n} is {g} {a}", "{n} is {g} {a}", "{n} {g} {a}", "make {n} {b} {a}", "let {n} {b} {a}",
              "{n} {a} {t}", "{n} starts to {b} {a}", "{n} starts {g} {a}", "{n} begins to {b} {a}", "{n} should {b} {a}", "have {n} {b} {a}",
              "i want {n} to {b} {a}", "{a} {n} {t}", "animate {n} to {b} {a}", "{n} will {b} {a}", "{n} keeps {g} {a}", "please make {n} {b} {a}",
              "{n} is {a} {g}", "can you make {n} {b} {a}?", "a video of {n} {g} {a}", "watch {n} {b} {a}", "show {n} {g} {a}", "{n} has to {b} {a}",
              "i would like to see {n} {b} {a}", "get {n} to {b} {a}", "animate {n}: {g} {a}"]
OBJECT_STATEMENTS = ["a {g} <{o}>", "the {g} <{o}>", "<{o}> {g} {a}", "<{o}> {t} {a}", "the <{o}>: {g} {a}", "{g} <{o}> {a}", "<{o}>, {g} {a}",
                     "a <{o}> that {t} {a}", "a <{o}> which is {g} {a}", "a photo of a <{o}> {g} {a}", "one {g} <{o}>"]
BARE_STATEMENTS = ["{b} {a}", "{g} {a}", "{a} {g}", "just {b} {a}", "let it {b} {a}", "make it {b} {a}"]
CAMERA_COMMANDS = ["{b} {a}", "{g} {a}", "{b} the camera {a}", "{a} {g}", "{g} shot", "camera {g} {a}", "camera {b} {a}", "{b} {a} with the camera",
                   "please {b} {a}", "{a} {b}", "shot {g} {a}"]
PHRASES = ["{p} {a}", "{p} {a}", "{a} {p}", "{p}", "{p}", "{p}, {a}", "there is {p}", "{p} in the scene", "video of {p}", "with {p}", "animate: {p}"]
PLURAL_FORMS = {"is": "are", "does": "do", "goes": "go", "has": "have"}
AND_SO_ON = ["{x}, {y}", "{x} and {y}", "{x} while {y}", "{y} and {x}", "{x}. {y}", "{x}, and {y}", "{y} while {x}", "{x} as {y}"]


def is_plural(noun: str) -> bool:
    """Whether a noun phrase takes "are"."""
    head = re.split(r" (?:of|in|on|with|from|and) ", noun)[0].split()[-1]
    return " and " in noun or head in ("people", "children", "men", "women") or head.endswith("s") and not head.endswith(("ss", "us", "is", "grass"))


def plural_form(phrase: str) -> str:
    """"rises slowly" to "rise slowly", "is burning" to "are burning"."""
    first, blank, rest = phrase.partition(" ")
    if first in PLURAL_FORMS:
        first = PLURAL_FORMS[first]
    elif first.endswith(("shes", "ches", "sses", "xes", "zes", "oes")):
        first = first[:-2]
    elif first.endswith("ies"):
        first = first[:-3] + "y"
    elif first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return first + blank + rest


def marked(phrase: str) -> str:
    """A phrase without marks says the motion as a whole."""
    return phrase if "[" in phrase or not phrase else f"[{phrase}]"


class Grammar:
    """Draws captions of one split; "all" draws from both. ``share``: of written sentences."""

    def __init__(self, split: str = "train", share: float = SENTENCE_SHARE):
        if split not in ("train", "eval", "all"):
            raise ValueError(f"split is train, eval or all, not {split!r}")
        self.split, self.share = split, share
        self.sentences: dict[str, list[Sentence]] = {}
        for family, listed in sentences().items():
            self.sentences[family] = [s for s in listed if split == "all" or s.held_out == (split == "eval")]

    def caption(self, family: str, rng: random.Random, noun: str | None = None, strength: float = 0.5, scene: str | None = None,
                place: str | None = None) -> Caption:
        """One caption of a family.

        ``noun``: the subject's noun phrase without article (subject families; None says "it" or "the subject"; a camera may look at it).
        ``strength``: 0 barely moving to 1 wild; picks the adverb. ``scene``: words about the picture to mention now and then.
        ``place``: a noun phrase with article, "the lake", that moves (nature), changes (light), is looked at (camera) or gets the new content.
        """
        text, speed = self._draw(family, rng, noun, strength, scene, place)
        return self._dress(text, speed, rng)

    def combined(self, families: list[str], rng: random.Random, nouns: list[str | None], strength: float, places: list[str | None] = ()) -> Caption:
        """One caption that tells two motions."""
        places = [*places, None, None]
        drawn = [self._draw(family, rng, noun, strength, None, place) for family, noun, place in zip(families, nouns, places)]
        (first, one), (second, two) = [(text.rstrip(".!?").strip(), speed) for text, speed in drawn]
        return self._dress(rng.choice(AND_SO_ON).format(x=first, y=second), (one + two) / 2, rng)

    def corpus(self, n: int, nouns: list[str] = (), seed: int = 0) -> Iterator[str]:
        """Texts for tokenizer training: ``n`` captions over all families and splits, and every noun and scene word at least once."""
        rng = random.Random(seed)
        yield from w.SCENE_WORDS
        yield from w.PLACES
        yield from w.THINGS
        yield from nouns
        everything, named = Grammar("all"), [*nouns, *w.THINGS]
        families = sorted(FAMILY_WORDS)
        for index in range(n):
            noun = rng.choice(named) if rng.random() < 0.7 else None
            yield everything.caption(families[index % len(families)], rng, noun, rng.random(), rng.choice([None, rng.choice(w.SCENE_WORDS)]))

    def _draw(self, family: str, rng: random.Random, noun: str | None, strength: float, scene: str | None, place: str | None) -> tuple[str, float]:
        """A marked text of this split, and the speed that it says."""
        family = ALIASES.get(family, family)
        if self.sentences.get(family) and rng.random() < self.share:
            text, about = self._sentence(family, rng, noun, place)
        else:
            text, about = self._unseen_clause(family, rng, place)
        if FAMILY_WORDS[family][0] == "camera" and place is None and noun is not None and rng.random() < 0.7:
            about = f"the {noun}"
        text, speed = self._finish(text, family, rng, noun, about, strength)
        if scene and rng.random() < 0.5:
            scene = f"<{scene}>"
            text = rng.choice([f"{scene}, {text}", f"{text}, {scene}", f"{text} in {scene}" if "in " not in text else f"{scene}. {text}",
                               f"a video of {scene}, {text}"])
        return text, speed

    def _unseen_clause(self, family: str, rng: random.Random, place: str | None) -> tuple[str, str]:
        """Of ``_clause``'s, one that belongs to this split: marked sentence, what goes into its place slot."""
        for _ in range(500):
            key, text, about = self._clause(family, rng, place)
            key = re.sub(r"\{[ajwos]\}|the \{o\}|[\[\]<>,\s]", "", key)
            if self.split == "all" or is_held_out(key) == (self.split == "eval"):
                break
        return text, about

    def _sentence(self, family: str, rng: random.Random, noun: str | None, place: str | None) -> tuple[str, str]:
        """A written sentence of this split, and what goes into its place slot. A given subject is named: no sentence about another one."""
        kind, key, _ = FAMILY_WORDS[family]
        listed = self.sentences[family]
        if noun and kind == "subject":
            listed = [sentence for sentence in listed if sentence.names_subject] or listed
        if place and kind not in ("camera", "subject", "still"):
            named = rng.random() < 0.75
            listed = [sentence for sentence in listed if (sentence.names_place if named else "<" not in sentence.text)] or listed
        text = rng.choice(listed).draw(rng)
        places = CONTENT[key][4] if kind == "content" else STUFF.get(key, w.PLACES)
        about = place or rng.choice(places)
        lead = re.match(r"\{w\} \[([^\]]*)\]", text) or re.match(r"\{w\} (\w+)", text)
        if lead and is_plural(about):
            text = text[:lead.start(1)] + plural_form(lead.group(1)) + text[lead.end(1):]
        if "?" not in text and "!" not in text and rng.random() < 0.5:
            text += " {a}"
        return dressed(text, rng), about

    def _clause(self, family: str, rng: random.Random, place: str | None) -> tuple[str, str, str]:
        """(what is hashed, marked sentence with noun, place and adverb slots still open, what goes into its place slot)."""
        kind, key, direction = FAMILY_WORDS[family]
        said = rng.choice(w.DIRECTIONS[direction]) if direction else ""
        if family in UNDIRECTED and rng.random() < 0.2:
            said = ""
            if family in UNDIRECTED_PHRASES and (rng.random() < 0.4 or kind == "camera" and key != "roll"):
                text = rng.choice(UNDIRECTED_PHRASES[family])
                return text, self._with_adverb(text, rng), place or rng.choice(w.PLACES)
        if kind == "camera":
            text = self._camera_clause(key, direction, said, rng)
            return text, text, place or rng.choice(w.PLACES)
        if kind == "subject":
            text = self._subject_clause(rng.choice(subject.SUBJECT[key]), said, rng)
            return text, text, place or rng.choice(w.PLACES)
        return self._setting_clause(kind, key, said, place, rng)

    @staticmethod
    def _with_adverb(phrase: str, rng: random.Random) -> str:
        return rng.choice(PHRASES if rng.random() < 0.3 else PHRASES[:6]).replace("{p}", marked(phrase))

    def _camera_clause(self, key: str, direction: str | None, said: str, rng: random.Random) -> str:
        verbs, phrases = camera.CAMERA[key]
        draw = rng.random()
        if key in camera.SCENE_VERBS and said and draw < 0.06:
            there = rng.choice(w.DIRECTIONS[w.OPPOSITE[direction]])
            verb = tuple(f"{form} {there}" for form in rng.choice(camera.SCENE_VERBS[key]))
            return self._put(rng.choice(STATEMENTS), verb, rng.choice(camera.SCENE_NOUNS))
        if draw < 0.35 and (said or not direction):
            return self._with_adverb(rng.choice(phrases).replace("~", said), rng)
        verb = tuple(form.replace("~", said) for form in rng.choice(verbs))
        if draw < 0.5:
            return self._put(rng.choice(CAMERA_COMMANDS), verb)
        return self._put(rng.choice(STATEMENTS), verb, rng.choice(camera.CAMERA_NOUNS))

    def _subject_clause(self, verb: w.Verb, said: str, rng: random.Random) -> str:
        owner = rng.choice(["its", "its", "his", "her", "the"])
        verb = tuple(re.sub(r"\bits\b", owner, form.replace("~", said)).strip() for form in verb)
        draw = rng.random()
        if draw < 0.04:
            return self._put(rng.choice(BARE_STATEMENTS), verb)
        pattern = rng.choice(OBJECT_STATEMENTS if draw < 0.32 else STATEMENTS)
        if " " in verb[2] and pattern.startswith(("a {g}", "the {g}", "{g}", "one {g}")):
            pattern = "<{o}> {g} {a}"
        text = self._put(pattern, verb, "the <{o}>")
        if rng.random() < 0.1 and not text.endswith("?"):
            text += f" <{rng.choice(w.WHERE)}>"
        return text

    def _setting_clause(self, kind: str, key: str, said: str, place: str | None, rng: random.Random) -> tuple[str, str, str]:
        prepositions, places = [], w.PLACES
        if kind == "content":
            nouns, verbs, phrases, prepositions, places = CONTENT[key]
        else:
            nouns, verbs, phrases = STILL if kind == "still" else (NATURE | LIGHT)[key]
            prepositions = PREPOSITIONS.get(key, [])
        about = place or rng.choice(places)
        if rng.random() < 0.5:
            if place and kind != "still" and rng.random() < 0.75:
                phrases = [phrase for phrase in phrases if "{w}" in phrase] or phrases
            phrase = rng.choice(phrases)
            text = phrase.replace("~", said).replace("{s}", rng.choice(STUFF[key]) if "{s}" in phrase else "")
            lead = re.match(r"\{w\} \[([^\]]*)\]$", text)
            if lead and is_plural(about):
                text = f"{{w}} [{plural_form(lead.group(1))}]"
            text = marked(text) if kind == "still" else self._with_adverb(text, rng)
        else:
            verb = tuple(form.replace("~", said) for form in rng.choice(verbs))
            noun = rng.choice(nouns)
            phrase = f"{noun} {verb[1]}"
            if place and kind != "content" and not prepositions and rng.random() < 0.85:
                noun = place
            text = self._put(rng.choice(STATEMENTS), verb, f"[{noun}]" if kind == "content" else f"<{noun}>", is_plural(noun))
            if key == "still":
                text = text.replace("{a}", "")
        share = 0.85 if place else 0.3 if kind == "content" else 0.1
        if prepositions and "{w}" not in text and not text.endswith("?") and rng.random() < share:
            text = f"{text} {rng.choice(prepositions)}"
        return re.sub(r"\{a\}|\s", "", phrase), text, about

    @staticmethod
    def _put(pattern: str, verb: w.Verb, noun: str = "", plural: bool = False) -> str:
        base, third, participle = verb
        if plural:
            third = plural_form(third)
            pattern = re.sub(r"\{n\} (\{a\} )?(\w+)", lambda m: f"{{n}} {m.group(1) or ''}{plural_form(m.group(2))}", pattern)
        text = pattern.replace("{b}", f"[{base}]").replace("{t}", f"[{third}]").replace("{g}", f"[{participle}]")
        return text.replace("{n}", noun)

    @staticmethod
    def _finish(text: str, family: str, rng: random.Random, noun: str | None, about: str, strength: float) -> tuple[str, float]:
        """Fill the open slots."""
        adverb, adjective, speed = "", "", 0.0
        said = re.search(r"\b(slow|fast)", text)
        if said:
            speed = -1.0 if said.group(1) == "slow" else 1.0
        elif family != "still" and ("{a}" in text or "{j}" in text):
            draw = rng.random()
            if strength < 0.4 and draw < 0.45:
                adverb, adjective, speed = rng.choice(w.SLOW), rng.choice(w.SLOW_ADJECTIVES), -1.0
            elif strength > 0.6 and draw < 0.45:
                adverb, adjective, speed = rng.choice(w.FAST), rng.choice(w.FAST_ADJECTIVES), 1.0
            elif draw > 0.94:
                adverb = rng.choice(w.NEUTRAL)
            if "{j}" in text:
                adverb = ""
        text = text.replace("{a}", adverb).replace("{j}", adjective).replace("{w}", f"<{about}>")
        if "{o}" in text:
            if noun is None:
                noun = rng.choice(w.SUBJECT_NOUNS)
                if "the <{o}>" in text and rng.random() < 0.4:
                    text = text.replace("the <{o}>", rng.choice(["it", "he", "she"]) if text.startswith("the <{o}>") else "it")
            elif rng.random() < 0.15 and " " in noun:
                noun = noun.split()[-1]
            article = rng.choice(["the", "the", "the", "a", "this", "that", "the", "my", ""])
            text = text.replace("the <{o}>", f"{article} <{{o}}>").replace("{o}", re.sub(r"[\[\]<>]", "", noun))
        return text, speed

    @staticmethod
    def _dress(text: str, speed: float, rng: random.Random) -> Caption:
        caption = Caption.parse(text, speed)
        text = str(caption)
        if rng.random() < 0.25:
            text = text[0].upper() + text[1:]
        if text[-1] not in ".?!":
            text += rng.choice([".", "!", "", "", "", "", "", ""])
        return Caption(text, caption.motion_words, caption.place_words, speed)
