"""A caption that knows which of its words say the motion and which name what is in the photo."""

from __future__ import annotations

import re

Span = tuple[int, int]  # characters, end exclusive

_OPEN, _CLOSE = {"[": "motion", "<": "place"}, {"]", ">"}


class Caption(str):
    """A text with ``motion_words`` and ``place_words`` (spans of characters) and ``speed`` (-1 slow, 0 not said, 1 fast)."""

    motion_words: list[Span]
    place_words: list[Span]
    speed: float

    def __new__(cls, text: str, motion_words: list[Span] = (), place_words: list[Span] = (), speed: float = 0.0) -> "Caption":
        caption = super().__new__(cls, text)
        caption.motion_words, caption.place_words, caption.speed = list(motion_words), list(place_words), speed
        return caption

    @property
    def text(self) -> str:
        return str(self)

    @staticmethod
    def parse(marked: str, speed: float = 0.0) -> "Caption":
        """Read ``[motion]`` and ``<place>`` marks, which may be nested: the inner one holds."""
        characters, labels, stack = [], [], [None]
        for character in tidy(marked):
            if character in _OPEN:
                stack.append(_OPEN[character])
            elif character in _CLOSE:
                stack.pop() if len(stack) > 1 else None
            else:
                characters.append(character)
                labels.append(stack[-1])
        text = "".join(characters)
        return Caption(text, _spans(text, labels, "motion"), _spans(text, labels, "place"), speed)


def tidy(marked: str) -> str:
    """Single blanks, none inside of marks' ends, none before punctuation, and "an" where it belongs."""
    for _ in range(3):
        marked = re.sub(r"\s+", " ", marked)
        marked = re.sub(r"([\[<]+) ", r" \1", re.sub(r" ([\]>]+)", r"\1 ", marked))
        marked = re.sub(r"\[\]|<>", "", marked)
    marked = re.sub(r"\s+([\]>]*[,.:?!])", r"\1", marked).strip(" ,")
    return re.sub(r"\b([Aa]) ([\[<]*[aeiou])", r"\1n \2", marked)


def _spans(text: str, labels: list[str | None], label: str) -> list[Span]:
    spans, start = [], None
    for index, current in enumerate([*labels, None]):
        if current == label and start is None:
            start = index
        elif current != label and start is not None:
            piece = text[start:index]
            if piece.strip():
                spans.append((start + len(piece) - len(piece.lstrip()), index - len(piece) + len(piece.rstrip())))
            start = None
    return spans
