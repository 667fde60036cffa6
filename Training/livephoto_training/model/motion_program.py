"""What moves and how, said by sentence and level alone (Models/FORMAT.md, "Motion program").

The camera, the named object, a region that moves in place, and the light each follow a few trajectories. A trajectory is a sum of fixed
functions of time, so that it is smooth, starts from the photo, and has a looping form. Where object and region are is not said here: that
takes the photo (the masks of the motion head).

Letters: B clips, F frames, K trajectories, T basis functions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Trajectories by group, forward motion of the content in units of half the side of the square of equal area (object: half its height).
GROUPS = {
    "camera": ("tx", "ty", "zoom", "angle", "parallax_x", "parallax_y"),
    "object": ("tx", "ty", "zoom", "angle", "width", "bend_x", "bend_y"),
    "region": ("drift_x", "drift_y"),
    "light": ("red", "green", "blue"),
}
TRAJECTORIES = sum(map(len, GROUPS.values()))
BASIS = 16
#: (direction of travel, waves per unit, whole periods in the clip) of the waves that a region can carry.
WAVES = (((1.0, 0.3), 0.125, 2), ((1.0, 0.3), 0.3, 3), ((1.0, 0.3), 0.6, 1), ((1.0, -0.2), 1.1, 4),
         ((0.3, 1.0), 0.75, 1), ((0.3, 1.0), 1.25, 2), ((-0.25, 1.0), 2.0, 3), ((0.2, -1.0), 0.5, 2))
#: New content that the effects renderer can draw.
EFFECTS = ("snow", "rain", "leaves", "sparks", "fireworks", "lightning", "fire", "smoke", "drip", "pour", "stars")
STATIC = 2 * len(WAVES) + len(EFFECTS) + 4  # waves, effects, sweep, pivot, wind, speed
GAINS = (*GROUPS, "effects")
#: Sizes of a group's form below which it is silent, and from which it counts in full; and of the largest, below which nothing is meant at all.
UNSURE, SURE, FAINT = 0.3, 0.6, 0.22


def slices() -> dict[str, slice]:
    """Where each group's trajectories are among all of them."""
    found, start = {}, 0
    for name, parts in GROUPS.items():
        found[name] = slice(start, start + len(parts))
        start += len(parts)
    return found


def irregular(t: Tensor, frequencies: tuple, phases: tuple) -> Tensor:
    """An irregular but periodic series of about unit size, 0 at t = 0."""
    total = torch.zeros_like(t)
    for weight, frequency, phase in zip((1.0, 0.7, 0.5), frequencies, phases):
        total = total + weight * (torch.sin(2 * math.pi * frequency * t + phase) - math.sin(phase))
    return total / 1.5


def hops(t: Tensor, count: int) -> Tensor:
    """Height of a jumper: parabolas."""
    phase = (t * count) % 1
    return 4 * phase * (1 - phase)


def basis(t: Tensor, loops: bool = False) -> Tensor:
    """The functions of time [..., T], all 0 at t = 0. ``loops``: those that do not come back by themselves go there and back."""
    there = (1 - torch.cos(2 * math.pi * t)) / 2 if loops else t
    flash = torch.zeros_like(t)
    for start, strength in ((3 / 16, 1.0), (5 / 16, 0.6), (10 / 16, 0.9)):
        flash = torch.maximum(flash, torch.where(t >= start, torch.exp(-(t - start) * 13.0) * strength, torch.zeros_like(t)))
    if loops:  # the last flash must have gone out before the first frame comes again
        flash = flash - math.exp(-13 * 6 / 16) * 0.9 * t
    functions = [there, there * there * (3 - 2 * there)]
    functions += [torch.sin(2 * math.pi * k * t) for k in (1, 2, 3, 4)]
    functions += [(1 - torch.cos(2 * math.pi * k * t)) / 2 for k in (1, 2, 3, 4)]
    functions += [hops(t, 2), hops(t, 4), irregular(t, (5, 3, 7), (0.0, 1.3, 2.1)), irregular(t, (4, 6, 9), (0.9, 2.6, 0.4)),
                  irregular(t, (6, 2, 8), (2.2, 0.3, 1.7)), flash]
    return torch.stack(functions, -1)


@dataclass
class Program:
    """What a clip does. shape [B, K, T] and static [B, S] are its form, gain [B, 5] the logarithms of the groups' sizes."""

    shape: Tensor
    static: Tensor
    gain: Tensor

    @property
    def wave_forms(self) -> Tensor:
        """[B, J, 2]: the region's waves at size 1"""
        return self.static[:, :2 * len(WAVES)].reshape(-1, len(WAVES), 2)

    @property
    def sweep_form(self) -> Tensor:
        """[B]: the passing shadow at size 1"""
        return self.static[:, -4]

    def sizes(self, scale: Tensor | float = 1.0) -> Tensor:
        """[B, 5]: camera, object, region, light, effects. ``scale``: [B, 5] or a number."""
        return self.gain.clamp(-6, 4).exp() * scale

    def settled(self) -> Program:
        """Each group at size 1, or gone where the network hardly means it: it was taught forms of size 1 or 0, and says a little of everything.

        Where it means nothing for sure but something half, that is taken for meant: words that say "stay still", even unheard ones, leave less
        than ``FAINT``.
        """
        sizes = group_sizes(self.shape, self.wave_forms, self.sweep_form)
        most = torch.maximum(sizes.amax(-1), self.effects.amax(-1))  # [B]
        lift = torch.where((most > FAINT) & (most < SURE), SURE / most.clamp(min=FAINT), torch.ones_like(most))[:, None]
        sure = ((lift * sizes - UNSURE) / (SURE - UNSURE)).clamp(0, 1)
        factor = lift * sure * sure * (3 - 2 * sure) / (lift * sizes).clamp(min=UNSURE)  # [B, 4]
        shape, static = self.shape.clone(), self.static.clone()
        for index, part in enumerate(slices().values()):
            shape[:, part] *= factor[:, index, None, None]
        static[:, :2 * len(WAVES)] *= factor[:, 2:3]
        static[:, -4] *= factor[:, 3]
        start = 2 * len(WAVES)
        static[:, start:start + len(EFFECTS)] = torch.where(lift > 1, torch.logit(lift * self.effects, 1e-6), static[:, start:start + len(EFFECTS)])
        return Program(shape, static, self.gain)

    def trajectories(self, t: Tensor, loops: bool = False, scale: Tensor | float = 1.0) -> dict[str, Tensor]:
        """Each group's numbers at times t [B, F]: [B, F, k]."""
        values = torch.einsum("bkt,bft->bfk", self.shape, basis(t, loops))
        size = self.sizes(scale)
        return {name: values[..., part] * size[:, None, index:index + 1] for index, (name, part) in enumerate(slices().items())}

    def waves(self, scale: Tensor | float = 1.0) -> Tensor:
        """[B, J, 2] displacements of the region's waves."""
        return self.wave_forms * self.sizes(scale)[:, 2, None, None]

    @property
    def effects(self) -> Tensor:
        """[B, 11] in [0, 1]"""
        start = 2 * len(WAVES)
        return torch.sigmoid(self.static[:, start:start + len(EFFECTS)])

    def sweep(self, scale: Tensor | float = 1.0) -> Tensor:
        """[B]: depth of a shadow that passes over the picture, to the right if positive"""
        return self.sweep_form * self.sizes(scale)[:, 3]

    @property
    def pivot(self) -> Tensor:
        """[B]: 0 the object turns about its middle, 1 about its foot"""
        return torch.sigmoid(self.static[:, -3])

    @property
    def wind(self) -> Tensor:
        """[B] in [-1, 1]"""
        return torch.tanh(self.static[:, -2])

    @property
    def speed(self) -> Tensor:
        """[B] in [-1, 1]: said to be slow, said to be fast"""
        return torch.tanh(self.static[:, -1])


def group_sizes(shape: Tensor, waves: Tensor, sweep: Tensor) -> Tensor:
    """Root mean square of each group's numbers over the clip: [B, 4] for shape [B, K, T], waves [B, J, 2] and sweep [B]."""
    values = torch.einsum("bkt,ft->bfk", shape, basis(torch.linspace(0, 1, 16)))
    sizes = []
    for name, part in slices().items():
        square = values[..., part].square().sum(-1).mean(-1)
        if name == "region":
            square = square + waves.square().sum((1, 2))
        if name == "light":
            square = square + 0.1 * sweep.square()
        sizes.append(square.sqrt())
    return torch.stack(sizes, -1)


class MotionProgram(nn.Module):
    """Text bag and level to the program. The form depends on the words alone, the sizes on words and level."""

    def __init__(self, text_width: int, level_width: int, hidden: int):
        super().__init__()
        self.form_1 = nn.Linear(text_width, hidden)
        self.form_2 = nn.Linear(hidden, hidden)
        self.shape = nn.Linear(hidden, TRAJECTORIES * BASIS)
        self.static = nn.Linear(hidden, STATIC)
        self.size_1 = nn.Linear(text_width + level_width, hidden)
        self.size_2 = nn.Linear(hidden, len(GAINS))

    def forward(self, text_bag: Tensor, level_features: Tensor) -> Program:
        """text_bag [B, D], level_features [B, P]"""
        form = F.silu(self.form_2(F.silu(self.form_1(text_bag))))  # [B, H]
        sizes = self.size_2(F.silu(self.size_1(torch.cat([text_bag, level_features], -1))))  # [B, 5]
        return Program(self.shape(form).unflatten(-1, (TRAJECTORIES, BASIS)), self.static(form), sizes)
