"""Shapes of a number over the frames of a clip."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..measures import Measures

SEEN = 0.01  # motion a person sees, in short sides over the clip
Rule = Callable[[Measures], float]


def turns(series: np.ndarray, least: float = 0.0) -> int:
    """How often a series changes direction by more than ``least``."""
    changes, anchor, heading = 0, series[0], 0
    for value in series[1:]:
        step = value - anchor
        if abs(step) > least:
            if heading and np.sign(step) != heading:
                changes += 1
            heading, anchor = np.sign(step), value
        elif heading and np.sign(step) == heading:
            anchor = value
    return changes


def span(series: np.ndarray) -> float:
    return float(series.max() - series.min())


def late(series: np.ndarray) -> np.ndarray:
    """Where a motion has got to: the mean of the last quarter."""
    return series[-max(1, len(series) // 4):].mean(0)


def furthest(series: np.ndarray) -> float:
    """The value that is farthest from 0, with its sign."""
    return float(series[np.abs(series).argmax()])


def early(series: np.ndarray, least: float) -> float:
    """The first value that exceeds ``least`` either way: its sign is that of the motion, even where a large turn is lost later."""
    over = np.nonzero(np.abs(series) > least)[0]
    return float(series[over[0]]) if len(over) else furthest(series)


def only(score: float, *conditions: bool) -> float:
    """The score if all conditions hold, otherwise less than passing."""
    return score if all(conditions) else min(score, 0.5)
