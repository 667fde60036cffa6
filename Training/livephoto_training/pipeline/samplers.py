"""DDIM, DPM-Solver++ 2M and Euler with diffusers' formulas, and DDIM inversion.

Each works on u and on the network's output in the schedule's prediction type. Coefficients are Python floats (double).
"""

from __future__ import annotations

import math

from torch import Tensor

from .schedule import NoiseSchedule


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

    def __init__(self, schedule: NoiseSchedule, steps: int):
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.stride = schedule.count // steps

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

    family = "continuous"

    def __init__(self, schedule: NoiseSchedule, steps: int):
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.sigmas = [schedule.sigma(time) for time in self.times] + [0.0]
        highest = max(self.sigmas)
        self.initial_scale = math.sqrt(highest ** 2 + 1) if schedule.config.timestep_spacing == "leading" else highest

    def model_input(self, x: Tensor, index: int) -> Tensor:
        return x * (1 / math.sqrt(self.sigmas[index] ** 2 + 1))

    def original(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        alpha = 1 / (self.sigmas[index] ** 2 + 1)
        a, b = original_form(self.schedule.prediction_type, alpha)
        return a * math.sqrt(alpha) * x + b * output

    def step(self, x: Tensor, output: Tensor, index: int) -> Tensor:
        ratio = self.sigmas[index + 1] / self.sigmas[index]
        return ratio * x + (1 - ratio) * self.original(x, output, index)


class DPMSolverSampler:
    """DPM-Solver++ 2M (midpoint); first and last step of first order."""

    family, initial_scale = "multistep", 1.0

    def __init__(self, schedule: NoiseSchedule, steps: int):
        self.schedule, self.times = schedule, schedule.timesteps(steps, self.family)
        self.sigmas = [schedule.sigma(time) for time in self.times] + [0.0]
        self.before: Tensor | None = None

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


SAMPLERS = {"ddim": DDIMSampler, "euler": EulerSampler, "dpm++2m": DPMSolverSampler}

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
