"""Noise schedule and timesteps, as diffusers computes them."""

from __future__ import annotations

import math

import numpy as np

from ..model.configuration import Configuration


class NoiseSchedule:
    """Cumulative alphas of a schedule, and the times a sampler visits."""

    def __init__(self, config: Configuration):
        self.config, self.count = config, config.num_train_timesteps
        self.prediction_type = config.get("prediction_type", "epsilon")
        betas = self.betas()
        if config.rescale_betas_zero_snr:
            betas = zero_terminal(betas)
        self.alphas_cumprod = np.cumprod(1.0 - betas)  # float64 [T]
        self.final_alpha = 1.0 if config.get("set_alpha_to_one", True) else float(self.alphas_cumprod[0])

    def betas(self) -> np.ndarray:
        """Float64 betas [T]."""
        kind, first, last, count = self.config.beta_schedule, self.config.beta_start, self.config.beta_end, self.count
        if kind == "linear":
            return np.linspace(first, last, count)
        if kind == "scaled_linear":
            return np.linspace(math.sqrt(first), math.sqrt(last), count) ** 2
        if kind == "squaredcos_cap_v2":
            bar = lambda t: math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
            return np.array([min(1 - bar((i + 1) / count) / bar(i / count), 0.999) for i in range(count)])
        raise ValueError(f"unknown beta schedule {kind!r}")

    def alpha(self, time: int) -> float:
        """Cumulative alpha at a time; before the first one it is that of a clean picture."""
        return float(self.alphas_cumprod[time]) if time >= 0 else self.final_alpha

    def timesteps(self, steps: int) -> list[int]:
        """The ``steps`` times to visit, descending."""
        spacing = self.config.get("timestep_spacing", "leading")
        if spacing == "trailing":
            return [int(v) for v in np.round(np.arange(self.count, 0, -self.count / steps)).astype(np.int64) - 1][:steps]
        if spacing == "leading":
            times = np.round(np.arange(0, steps) * (self.count // steps))[::-1].astype(np.int64)
            return [int(v) + self.config.get("steps_offset", 0) for v in times]
        if spacing == "linspace":
            return [int(v) for v in np.round(np.linspace(0, self.count - 1, steps))[::-1].astype(np.int64)]
        raise ValueError(f"unknown timestep spacing {spacing!r}")


def zero_terminal(betas: np.ndarray) -> np.ndarray:
    """Rescale betas so that the last time is pure noise (Lin et al., "Common diffusion noise schedules ... are flawed")."""
    roots = np.sqrt(np.cumprod(1.0 - betas))
    first, last = roots[0], roots[-1]
    bars = ((roots - last) * first / (first - last)) ** 2
    return 1 - np.concatenate([bars[:1], bars[1:] / bars[:-1]])
