"""Does a clip do what its family says? One rule a family over the numbers of ``measures.py``.

Each rule answers with a score: the wanted quantity against the least that a person would notice, so 1 or more passes, 0 or less is the
opposite or nothing. Rules look at direction, kind and place of the motion, never at a reference clip. Every rule says how it can be fooled.
"""

from __future__ import annotations

from ..measures import Measures
from .camera import RULES as CAMERA
from .content import RULES as CONTENT
from .light import RULES as LIGHT
from .nature import RULES as NATURE
from .series import Rule
from .subject import RULES as SUBJECT

JUDGES: dict[str, Rule] = {**CAMERA, **SUBJECT, **NATURE, **LIGHT, **CONTENT}


def judge(family: str, measures: Measures) -> tuple[bool, float]:
    """Whether the clip passes, and its score."""
    score = float(JUDGES[family](measures))
    return score >= 1, score
