"""DDIM, DPM-Solver++ 2M, Euler, UniPC and LCM with diffusers' formulas, and DDIM inversion.

Each works on u and on the network's output in the schedule's prediction type. Coefficients are Python floats (double). ``fresh`` gives
the noise that a step adds, by the step's number.
"""

from __future__ import annotations

import math
from typing import Callable

import numpy as np
from torch import Tensor

from .schedule import NoiseSchedule

Fresh = Callable[[int], Tensor]


def original_form(prediction: str, alpha: float) -> tuple[float, float]:
    """(a, b) with clean sample = a x + b output."""
    signal, noise = math.sqrt(alpha), math.sqrt(1 - alpha)
    if prediction == "epsilon":
        return 1 / signal, -noise / signal
    if prediction == "v_prediction":
        return signal, -noise
    return 0.0, 1.0


def noise_form(prediction: str, alpha: float) -> tuple[float, float]:
    """(a, b) with noise = a x + b output."""
    signal, noise = math.sqrt(alpha), math.sqrt(1 - alpha)
    if prediction == "epsilon":
        return 0.0, 1.0
    if prediction == "v_prediction":
        return noise, signal
    return 1 / noise, -signal / noise


class DDIMSampler:
    """Eta 0."""

    family, initial_scale = "discrete", 1.0

    def __init__(self, schedule: NoiseSchedule, steps: int, fresh: Fresh | None = None):
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.stride = schedule.count // steps

    def mixture(self, index: int) -> tuple[float, float]:
        """Of how much clean sample and how much unit noise x is made before a step."""
        alpha = self.schedule.alpha(self.times[index])
        return math.sqrt(alpha), math.sqrt(1 - alpha)

    def model_input(self, x: Tensor, index: int) -> Tensor:
        return x

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        alpha, following = self.schedule.alpha(self.times[index]), self.schedule.alpha(self.times[index] - self.stride)
        (a, b), (c, d) = original_form(self.schedule.prediction_type, alpha), noise_form(self.schedule.prediction_type, alpha)
        signal, noise = math.sqrt(following), math.sqrt(1 - following)
        return (signal * a + noise * c) * x + (signal * b + noise * d) * output

    def original(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        a, b = original_form(self.schedule.prediction_type, self.schedule.alpha(self.times[index]))
        return a * x + b * output


class EulerSampler:
    """Steps in sigma = noise / signal; x holds signal + sigma * noise."""

    family, ancestral = "continuous", False

    def __init__(self, schedule: NoiseSchedule, steps: int, fresh: Fresh | None = None):
        self.fresh = fresh
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.sigmas = [schedule.sigma(time) for time in self.times] + [0.0]
        highest = max(self.sigmas)
        self.initial_scale = math.sqrt(highest ** 2 + 1) if schedule.config.timestep_spacing == "leading" else highest

    def mixture(self, index: int) -> tuple[float, float]:
        return 1.0, self.sigmas[index]

    def model_input(self, x: Tensor, index: int) -> Tensor:
        return x * (1 / math.sqrt(self.sigmas[index] ** 2 + 1))

    def original(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        alpha = 1 / (self.sigmas[index] ** 2 + 1)
        a, b = original_form(self.schedule.prediction_type, alpha)
        return a * math.sqrt(alpha) * x + b * output

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        sigma, following = self.sigmas[index], self.sigmas[index + 1]
        if not self.ancestral:
            return following / sigma * x + (1 - following / sigma) * self.original(x, output, index)
        up = math.sqrt(following ** 2 * (sigma ** 2 - following ** 2) / sigma ** 2)
        ratio = following ** 2 / sigma / sigma
        result = ratio * x + (1 - ratio) * self.original(x, output, index)
        return result + up * self.fresh(index) if up > 0 else result


class EulerAncestralSampler(EulerSampler):
    """Steps below the next level and makes up for it with fresh noise."""

    ancestral = True


class DPMSolverSampler:
    """DPM-Solver++ 2M (midpoint); first and last step of first order."""

    family, initial_scale, karras = "multistep", 1.0, False

    def __init__(self, schedule: NoiseSchedule, steps: int, fresh: Fresh | None = None):
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.sigmas = [schedule.sigma(time) for time in self.times] + [0.0]
        if self.karras:
            self.times, levels = schedule.karras(steps)
            self.sigmas = levels + [0.0]
        self.before: Tensor | None = None

    def mixture(self, index: int) -> tuple[float, float]:
        alpha = 1 / (self.sigmas[index] ** 2 + 1)
        return math.sqrt(alpha), math.sqrt(1 - alpha)

    def model_input(self, x: Tensor, index: int) -> Tensor:
        return x

    def original(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        a, b = original_form(self.schedule.prediction_type, 1 / (self.sigmas[index] ** 2 + 1))
        return a * x + b * output

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        original, sigma, following = self.original(x, output, index), self.sigmas[index], self.sigmas[index + 1]
        alpha, alpha_next = 1 / math.sqrt(sigma ** 2 + 1), 1 / math.sqrt(following ** 2 + 1)
        decay = following / sigma
        result = decay * alpha_next / alpha * x + alpha_next * (1 - decay) * original
        if self.before is not None and index + 1 < len(self.times):
            span, span_before = math.log(sigma / following), math.log(self.sigmas[index - 1] / sigma)
            if span > 0 and span_before > 0:
                result = result + alpha_next * (1 - decay) * span / (2 * span_before) * (original - self.before)
        self.before = original
        return result


class KarrasSampler(DPMSolverSampler):
    """DPM-Solver++ 2M on the noise levels of Karras et al."""

    karras = True


class UniPCSampler(DPMSolverSampler):
    """UniPC of second order, bh2: a corrector for the step before, then a predictor."""

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        original, last = self.original(x, output, index), self.before
        if last is not None:
            x = self.corrected(last, original, index)
        order = 2 if last is not None and index + 1 < len(self.times) else 1
        decay, gain, length = self.span(index)
        result = decay * x + gain * original
        if order == 2:
            ratio = -math.log(self.sigmas[index - 1] / self.sigmas[index]) / length
            result = result + gain / 2 / ratio * (last["original"] - original)
        self.before = {"order": order, "sample": x, "original": original, "older": last and last["original"]}
        return result

    def span(self, index: int) -> tuple[float, float, float]:
        """(s'/s, -alpha' phi, h) from a step's noise level to the next."""
        sigma, following = self.sigmas[index], self.sigmas[index + 1]
        alpha, alpha_next = 1 / math.sqrt(sigma ** 2 + 1), 1 / math.sqrt(following ** 2 + 1)
        length = math.log(sigma / following) if following > 0 else math.inf
        return following * alpha_next / (sigma * alpha), alpha_next * (1 - following / sigma), length

    def corrected(self, last: dict, original: Tensor, index: int) -> Tensor:
        decay, gain, length = self.span(index - 1)
        start = decay * last["sample"] + gain * last["original"]
        if last["order"] == 1:
            return start + gain / 2 * (original - last["original"])
        ratio = -math.log(self.sigmas[index - 2] / self.sigmas[index - 1]) / length
        phi = math.expm1(-length)
        first = phi / -length - 1
        right = np.array([first / phi, 2 * (first / -length - 0.5) / phi])
        slope, end = np.linalg.solve(np.array([[1, 1], [ratio, 1]]), right)
        return start + gain * (float(slope / ratio) * (last["older"] - last["original"]) + float(end) * (original - last["original"]))


class LCMSampler:
    """Each evaluation promises the clean sample, which is made noisy again for the next."""

    initial_scale = 1.0

    def __init__(self, schedule: NoiseSchedule, steps: int, fresh: Fresh | None = None):
        self.schedule, self.fresh = schedule, fresh
        grid = max(50, steps)
        places = np.floor(np.linspace(0, grid, steps, endpoint=False)).astype(int)
        self.times = [float((grid - place) * (schedule.count // grid) - 1) for place in places]

    def mixture(self, index: int) -> tuple[float, float]:
        alpha = self.schedule.alpha(self.times[index])
        return math.sqrt(alpha), math.sqrt(1 - alpha)

    def model_input(self, x: Tensor, index: int) -> Tensor:
        return x

    def original(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        a, b = original_form(self.schedule.prediction_type, self.schedule.alpha(self.times[index]))
        scaled = 10 * self.times[index]
        return scaled / math.sqrt(scaled ** 2 + 0.25) * (a * x + b * output) + 0.25 / (scaled ** 2 + 0.25) * x

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        promise = self.original(x, output, index)
        if index + 1 == len(self.times):
            return promise
        signal, noise = self.mixture(index + 1)
        return signal * promise + noise * self.fresh(index)


SAMPLERS = {"ddim": DDIMSampler, "euler": EulerSampler, "euler-a": EulerAncestralSampler, "dpm++2m": DPMSolverSampler,
            "dpm++2m-karras": KarrasSampler, "unipc": UniPCSampler, "lcm": LCMSampler}

#: Where the noise is derived from a predicted clean sample, alpha is at most this (it is undefined at the clean end).
CLEANEST_ALPHA = 0.99


class DDIMInverter:
    """DDIM backwards along a sampler's own times: the network is evaluated at the time above x's own."""

    def __init__(self, schedule: NoiseSchedule, times: list[float]):
        self.schedule, self.times = schedule, sorted(times)
        self.stride = schedule.count // len(times)

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        kind, target = self.schedule.prediction_type, self.schedule.alpha(self.times[index])
        current = self.schedule.alpha(self.times[index] - self.stride)
        if kind == "sample":
            current = min(current, CLEANEST_ALPHA)
        (a, b), (c, d) = original_form(kind, current), noise_form(kind, current)
        signal, noise = math.sqrt(target), math.sqrt(1 - target)
        return (signal * a + noise * c) * x + (signal * b + noise * d) * output
