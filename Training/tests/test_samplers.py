"""The reference pipeline's samplers against the steps of diffusers' schedulers that the engine's tests hold."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from livephoto_training.model.configuration import Configuration
from livephoto_training.pipeline.noise import frame_noise
from livephoto_training.pipeline.samplers import SAMPLERS
from livephoto_training.pipeline.schedule import NoiseSchedule

FIXTURES = json.loads((Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "sampling" / "samplers.json").read_text())
NOISE_SEED = 42


@pytest.mark.parametrize("name", sorted(SAMPLERS))
def test_steps_are_diffusers(name):
    cases = [case for case in FIXTURES["cases"] if case["sampler"] == name]
    assert cases
    for case in cases:
        schedule = NoiseSchedule(Configuration({
            "num_train_timesteps": 1000, "beta_schedule": case["betas"], "beta_start": 0.00085, "beta_end": 0.012,
            "prediction_type": case["prediction"], "timestep_spacing": case["spacing"], "steps_offset": case["offset"],
            "set_alpha_to_one": case["alphaToOne"], "rescale_betas_zero_snr": case["rescale"]}))
        fresh = lambda step: torch.from_numpy(frame_noise(NOISE_SEED, 0, (1, 1, 5), 1, step)).double().reshape(1, 5)
        sampler = SAMPLERS[name](schedule, case["steps"], fresh)
        assert np.allclose(sampler.times, case["timesteps"], atol=1e-3)
        x = torch.tensor([FIXTURES["start"]], dtype=torch.float64) * sampler.initial_scale
        for index, wanted in enumerate(case["values"]):
            output = torch.tensor([[math.sin(0.7 * (index + 1) + 1.3 * j) for j in range(5)]], dtype=torch.float64)
            x = sampler.step(x, output, index)
            error = (x[0] - torch.tensor(wanted)).abs().max() / max(map(abs, wanted))
            assert error < 1e-5, (case["betas"], case["spacing"], case["prediction"], index)
