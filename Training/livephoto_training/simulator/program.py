"""What a simulated clip does, in the terms of the motion program (``model/motion_program.py``): the exact answer that training asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..model.motion_program import BASIS, EFFECTS, GROUPS, STATIC, TRAJECTORIES, WAVES, Program, group_sizes, slices

#: Basis functions by name, in the order of ``motion_program.basis``.
THERE, EASED, SINE_1, SINE_2, SINE_3, SINE_4, BUMP_1, BUMP_2, BUMP_3, BUMP_4, HOPS_2, HOPS_4, IRREGULAR_1, IRREGULAR_2, IRREGULAR_3, FLASH = range(BASIS)

_PLACES = {(group, name): slices()[group].start + index for group, names in GROUPS.items() for index, name in enumerate(names)}


@dataclass
class Motion:
    """One clip's program, with its sizes in it."""

    curves: np.ndarray = field(default_factory=lambda: np.zeros((TRAJECTORIES, BASIS), np.float32))
    waves: np.ndarray = field(default_factory=lambda: np.zeros((len(WAVES), 2), np.float32))
    effects: dict[str, float] = field(default_factory=dict)
    effect_strength: float = 1.0
    pivot: float = 0.0
    wind: float = 0.0
    sweep: float = 0.0

    def add(self, group: str, name: str, **amounts: float) -> None:
        """Add basis functions to a trajectory: ``add("camera", "tx", THERE=0.3)``."""
        for function, amount in amounts.items():
            self.curves[_PLACES[group, name], globals()[function]] += amount

    def travel(self, group: str, name: str, amount: float) -> None:
        """There at an even but not abrupt pace."""
        self.add(group, name, THERE=0.6 * amount, EASED=0.4 * amount)


def targets(motions: list[Motion]) -> dict[str, Tensor]:
    """What the program network is asked for.

    shape [B, K, T], waves [B, J, 2] and sweep [B]: each group at size 1 (0 where it does nothing); sizes [B, 5]: log sizes, the last that of the
    effects; active [B, 5] bool; effects [B, 11] 0 or 1; pivot, wind [B].
    """
    curves, waves = torch.tensor(np.stack([m.curves for m in motions])), torch.tensor(np.stack([m.waves for m in motions]))
    sweep = torch.tensor([m.sweep for m in motions], dtype=torch.float32)
    sizes = group_sizes(curves, waves, sweep)  # [B, 4]
    active = sizes > 1e-5
    unit = torch.where(active, 1 / sizes.clamp(min=1e-5), torch.zeros_like(sizes))
    for index, part in enumerate(slices().values()):
        curves[:, part] *= unit[:, index, None, None]
    effects = torch.tensor([[m.effects.get(name, 0.0) for name in EFFECTS] for m in motions], dtype=torch.float32)
    strength = torch.tensor([[m.effect_strength] for m in motions], dtype=torch.float32)
    return {
        "shape": curves, "waves": waves * unit[:, 2, None, None], "sweep": sweep * unit[:, 3],
        "sizes": torch.cat([sizes, strength], 1).clamp(min=1e-5).log(), "active": torch.cat([active, effects.amax(1, keepdim=True) > 0], 1),
        "effects": effects, "pivot": torch.tensor([m.pivot for m in motions], dtype=torch.float32),
        "wind": torch.tensor([m.wind for m in motions], dtype=torch.float32),
    }


def as_program(target: dict[str, Tensor]) -> Program:
    """Targets as a program, to render by."""
    b = len(target["shape"])
    static = torch.zeros(b, STATIC)
    static[:, :2 * len(WAVES)] = target["waves"].flatten(1)
    start = 2 * len(WAVES)
    static[:, start:start + len(EFFECTS)] = (target["effects"] * 2 - 1) * 8
    static[:, -4] = target["sweep"]
    static[:, -3] = (target["pivot"] * 2 - 1) * 12
    static[:, -2] = torch.atanh(target["wind"].clamp(-0.999, 0.999))
    return Program(target["shape"], static, target["sizes"])
