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

    def alpha(self, time: float) -> float:
        """Cumulative alpha at a whole time; before the first one it is that of a clean picture."""
        return float(self.alphas_cumprod[int(time)]) if time >= 0 else self.final_alpha

    def sigma(self, time: float) -> float:
        """Noise over signal at a time between the schedule's own."""
        return float(np.interp(time, np.arange(self.count), self.sigmas()))

    def sigmas(self) -> np.ndarray:
        """Noise over signal of every time [T]."""
        alphas = np.maximum(self.alphas_cumprod, 2.0 ** -24 if self.config.rescale_betas_zero_snr else 0)
        return np.sqrt((1 - alphas) / alphas)

    def karras(self, steps: int) -> tuple[list[float], list[float]]:
        """Times and noise levels of Karras et al., rho 7."""
        sigmas = self.sigmas()
        ramp = np.linspace(0, 1, steps)
        levels = (sigmas[-1] ** (1 / 7) + ramp * (sigmas[0] ** (1 / 7) - sigmas[-1] ** (1 / 7))) ** 7
        times = np.interp(np.log(levels), np.log(sigmas), np.arange(self.count))
        times = np.floor(times) if self.config.beta_schedule == "squaredcos_cap_v2" else np.round(times)
        return times.tolist(), levels.tolist()

    def timesteps(self, steps: int, family: str = "discrete") -> list[float]:
        """The ``steps`` times to visit, descending.

        ``family`` is "discrete" (DDIM), "continuous" (Euler) or "multistep" (DPM-Solver++, where the clean end counts as one more
        step): diffusers' schedulers differ there.
        """
        spacing, last = self.config.get("timestep_spacing", "leading"), self.count - 1
        multistep = family == "multistep"
        if spacing == "trailing":
            return [max(float(v) - 1, 0.0) for v in np.round(np.arange(self.count, 0, -self.count / steps))[:steps]]
        if spacing == "leading":
            stride = max(self.count // (steps + 1), 1) if multistep else self.count // steps
            return [float(min((k + multistep) * stride + self.config.get("steps_offset", 0), last)) for k in reversed(range(steps))]
        if spacing == "linspace":
            values = np.linspace(0, last, steps + 1 if multistep else steps)[::-1][:steps]
            return [float(np.float32(v)) if family == "continuous" else float(np.round(v)) for v in values]
        raise ValueError(f"unknown timestep spacing {spacing!r}")


def zero_terminal(betas: np.ndarray) -> np.ndarray:
    """Rescale betas so that the last time is pure noise (Lin et al., "Common diffusion noise schedules ... are flawed")."""
    roots = np.sqrt(np.cumprod(1.0 - betas))
    first, last = roots[0], roots[-1]
    bars = ((roots - last) * first / (first - last)) ** 2
    return 1 - np.concatenate([bars[:1], bars[1:] / bars[:-1]])
