"""Where a clip moves: how much of its change is where the named object is or has been, and how quiet the rest stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from .flow import analysed
from .measures import Measures, resized
from .subject import SUBJECT_SIDE

DEAD = 1.5 / 255  # smaller changes are rounding
LEAST = 2e-5  # mean squared change of a clip that moves at all


@dataclass
class Energy:
    """Of one clip with a known object."""

    share: float  # of the squared change from frame 0 that is in the object's swept area; 0 if nothing moves
    named: float  # mean squared change on the object's place in frame 0
    other: float  # and on that of the object nobody speaks of; nan without one
    flicker: float  # mean change from frame to frame far from the object, of 255


def energy(measures: Measures, other: np.ndarray | None = None) -> Energy:
    """The swept area is the union of the object's places as they were followed, widened by a thirtieth of the short side.

    Fooled by an object that cannot be followed (then its first place alone counts) and by shadows it should cast.
    """
    frames = analysed(measures.clip[None], SUBJECT_SIDE)[0]
    height, width = frames.shape[-2:]
    reach = max(1, round(min(height, width) / 30))
    place = torch.from_numpy(measures.track.swept.any(0)).float()[None, None]
    swept = F.max_pool2d(place, 2 * reach + 1, 1, reach)[0, 0]
    far = 1 - F.max_pool2d(swept[None, None], 4 * reach + 1, 1, 2 * reach)[0, 0]
    change = F.relu((frames[1:] - frames[0]).abs() - DEAD).pow(2).mean(1).mean(0)  # [H, W]
    total = float(change.sum())
    share = float((change * swept).sum()) / total if total / change.numel() > LEAST else 0.0
    first = torch.from_numpy(measures.track.swept[0]).float()
    steps = frames.diff(dim=0).abs().mean((0, 1)) * 255

    def density(mask: torch.Tensor) -> float:
        return float((change * mask).sum() / mask.sum().clamp(min=1))

    return Energy(share, density(first), density(resized(other, height, width)) if other is not None else float("nan"),
                  float((steps * far).sum() / far.sum()) if float(far.mean()) > 0.02 else float("nan"))
