"""What a model is told beside the noisy latent, by the layout of its input, and the parts in which it sees a long clip.

LivePhoto: noise, reference, frame, intensity. PIA: noise, affinity to the photo, reference. AnimateDiff: noise alone; the clip
starts from the photo, and the level is the weight of the motion modules.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..model.configuration import Configuration

Curves = list[tuple[float, list[float]]]

STILL, SMALL, MODERATE = [1, 0.95, 0.93, 0.92, 0.92, 0.9], [1, 0.9, 0.85, 0.85, 0.85, 0.8], [1, 0.8, 0.8, 0.8, 0.79, 0.78, 0.75]
AFFINITY: Curves = [(1, STILL), (3, SMALL), (5, MODERATE), (8, [1, 0.8] + [0.7] * 8 + [0.6, 0.5, 0.5]), (10, [1, 0.68] + [0.52] * 8 + [0.36, 0.2, 0.2])]
LOOP_AFFINITY: Curves = [(1, STILL), (3, SMALL), (5, MODERATE), (8, [1, 0.8] + [0.7] * 4 + [0.6, 0.5]), (10, [1, 0.68] + [0.52] * 4 + [0.36, 0.2])]
MOTION_SCALE: Curves = [(1, [0.6]), (5, [1.0]), (10, [1.4])]
STRENGTH_OF_UNSEEN_PHOTO = 0.8
#: PIA's own negative prompt.
NEGATIVE_PROMPT = (
    "wrong white balance, dark, sketches,worst quality,low quality, deformed, distorted, disfigured, bad eyes, wrong lips,weird mouth, "
    "bad teeth, mutated hands and fingers, bad anatomy,wrong anatomy, amputation, extra limb, missing limb, floating,limbs, "
    "disconnected limbs, mutation, ugly, disgusting, bad_pictures, negative_hand-neg")


def at_level(curves: Curves, index: int, level: float) -> float:
    """Value ``index`` (the last one repeats) at a level, in straight lines between the given levels."""
    values = [(known, row[min(index, len(row) - 1)]) for known, row in curves]
    for (low, a), (high, b) in zip(values, values[1:]):
        if level < high:
            return a + (max(level, low) - low) / (high - low) * (b - a)
    return values[-1][1]


def layout(config: Configuration) -> list[str]:
    return [name for name, _ in config.conditioning.layout]


def negative_prompt(config: Configuration) -> str:
    """The one that counts where none is given."""
    return config.defaults.get("negative_prompt", NEGATIVE_PROMPT if "affinity" in layout(config) else "")


def affinity(config: Configuration, frames: int, level: float, loops: bool) -> Tensor:
    """How like the photo each frame is to be, [F]."""
    settings = config.conditioning.get("affinity", Configuration({}))
    curves = settings.get("loop_curves", LOOP_AFFINITY) if loops else settings.get("curves", AFFINITY)
    photo = min(settings.get("condition_frame", 0), frames - 1)
    distances = [abs(n - photo) for n in range(frames)]
    distances = [min(d, frames - d) for d in distances] if loops else distances
    return torch.tensor([at_level(curves, d, level) for d in distances])


def frame_places(frames: int, loops: bool) -> Tensor:
    """The frame channel's values [F]: n/(F-1), or the distance to the first frame around the ring."""
    if frames == 1:
        return torch.zeros(1)
    return torch.tensor([2 * min(n, frames - n) / frames if loops else n / (frames - 1) for n in range(frames)])


def motion_scale(config: Configuration, level: float) -> float:
    """Factor of the motion modules' outputs; 1 where the level enters the network otherwise."""
    embedding = config.unet.conditioning_embedding
    told = {"intensity", "affinity"} & set(layout(config)) or (embedding and embedding.get("level", True))
    curves = config.conditioning.get("motion_scale", None if told else MOTION_SCALE)
    return at_level(curves, 0, level) if curves else 1.0


def steps_taken(config: Configuration, steps: int) -> int:
    """Denoising steps of a run that starts from the photo with noise on it."""
    strength = config.conditioning.get("strength", 1.0 if "reference" in layout(config) else STRENGTH_OF_UNSEEN_PHOTO)
    return steps if strength >= 1 else min(max(int(steps * strength), 1), steps)


def network_input(config: Configuration, noised: Tensor, reference: Tensor, level: float, loops: bool) -> Tensor:
    """noised [F, C, h, w], reference [1, C, h, w] to [F, C_in, h, w] in the layout's order."""
    frames, _, h, w = noised.shape
    planes = lambda values: values.to(noised).view(frames, 1, 1, 1).expand(frames, 1, h, w)
    parts = {
        "noise": lambda: noised,
        "reference": lambda: reference.expand(frames, -1, h, w),
        "frame": lambda: planes(frame_places(frames, loops)),
        "intensity": lambda: planes(torch.full((frames,), config.conditioning.intensity_scale * level)),
        "affinity": lambda: planes(affinity(config, frames, level, loops)),
    }
    return torch.cat([parts[name]() for name in layout(config)], dim=1)


def ordered_halving(number: int) -> float:
    """0, 1/2, 1/4, 3/4, ...: the bits in reverse, behind the binary point."""
    return int(f"{number:064b}"[::-1], 2) / 2 ** 64


def stretches(frames: int, length: int, overlap: int, closed: bool, step: int) -> list[list[int]]:
    """The frames that the network sees together, in turn; where they begin moves with the steps."""
    length = min(length, frames)
    hop = length - min(overlap, length - 1)
    share = ordered_halving(step)
    if closed:
        start = round(frames * share)
        starts = [start] if frames == length else range(start, frames + start, hop)
        return [[(first + k) % frames for k in range(length)] for first in starts]
    starts, first = [], -int(hop * share)
    while not starts or starts[-1] != frames - length:
        start = min(max(first, 0), frames - length)
        if not starts or starts[-1] != start:
            starts.append(start)
        first += hop
    return [list(range(start, start + length)) for start in starts]


def pyramid(length: int) -> Tensor:
    """1, 2, ... 2, 1."""
    return torch.tensor([float(min(k + 1, length - k)) for k in range(length)])
