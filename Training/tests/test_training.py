"""The trainer's parts: objective, program, schedule, averages, autoencoder start, noise and samplers of the reference pipeline."""

import json
import math

import numpy as np
import pytest
import torch

from livephoto_training.export.tiny import configuration, random_model
from livephoto_training.model.motion_field import move, motion_field, scaled_motion
from livephoto_training.model.motion_heads import MotionPrediction
from livephoto_training.model.motion_program import BASIS, EFFECTS, STATIC, TRAJECTORIES, WAVES, MotionProgram, Program, basis, group_sizes
from livephoto_training.pipeline.animate import working_size
from livephoto_training.pipeline.noise import frame_noise, philox
from livephoto_training.pipeline.samplers import SAMPLERS
from livephoto_training.pipeline.schedule import NoiseSchedule
from livephoto_training.train.objective import Objective, program_cost, program_losses
from livephoto_training.train.state import Average, Budget, descend, rate_factor, trained_parameters


def batch_of(clips: int, frames: int, layered: bool) -> dict:
    side, cells, fine = 48, 6, 24
    effects = torch.zeros(clips, len(EFFECTS))
    effects[0, 1] = 1
    return {
        "photo": torch.rand(clips, 3, side, side), "frames": torch.rand(clips, frames, 3, side, side),
        "masks": (torch.rand(clips, 3, fine, fine) > 0.7).float(), "content": torch.zeros(clips, frames, 1, cells, cells),
        "progress": torch.linspace(0, 1, frames).expand(clips, frames), "level": torch.full((clips,), 5.0), "speed": torch.zeros(clips),
        "ids": torch.randint(0, 500, (clips, 12)), "is_content": torch.zeros(clips, dtype=torch.bool), "told": torch.ones(clips, dtype=torch.bool),
        "target": {"shape": torch.randn(clips, TRAJECTORIES, BASIS) * 0.1, "waves": torch.zeros(clips, len(WAVES), 2), "sweep": torch.zeros(clips),
                   "sizes": torch.zeros(clips, 5), "active": torch.ones(clips, 5, dtype=torch.bool), "effects": effects,
                   "pivot": torch.zeros(clips), "wind": torch.zeros(clips)},
    }


@pytest.mark.parametrize("layered", [False, True])
def test_objective_falls(layered):
    torch.manual_seed(0)
    model = random_model(configuration(not layered, layered), 1)
    parameters = trained_parameters(model, freeze_image=False)
    objective, batch = Objective(model), batch_of(3, 4, layered)
    generator = torch.Generator().manual_seed(0)
    times, noise = objective.draw_times(batch["is_content"], generator), torch.randn(3, 4, model.vae.latent_channels, 6, 6)
    optimiser = torch.optim.AdamW(parameters.values(), lr=3e-3)
    losses = []
    for _ in range(40 if layered else 25):
        loss, measures = objective(batch, times, noise)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert all(value.shape == (3,) for value in measures.values())


def test_what_captions_taught_is_not_trained_on_clips():
    trained = trained_parameters(random_model(configuration(False, True), 1), freeze_image=False)
    assert not any(name.startswith(("text_", "vae.", "content_encoder.", "unet.motion_head.program")) for name in trained) and "unet.motion_head.photo.conv_out_2.weight" in trained


def test_program_learns_its_targets():
    torch.manual_seed(0)
    batch = batch_of(4, 2, True)
    head = MotionProgram(12, 4, 32)
    bag, level = torch.randn(4, 12), torch.randn(4, 4)
    optimiser = torch.optim.AdamW(head.parameters(), lr=1e-2)
    costs = []
    for _ in range(60):
        cost = program_cost(program_losses(head(bag, level), batch["target"], batch["speed"])).mean()
        optimiser.zero_grad()
        cost.backward()
        optimiser.step()
        costs.append(cost.item())
    assert costs[-1] < 0.3 * costs[0]


@torch.no_grad()
def test_settled_programs_are_of_size_one_or_nothing():
    torch.manual_seed(0)
    program = MotionProgram(12, 4, 32)(torch.randn(3, 12), torch.randn(3, 4))
    program.shape[0] *= 50
    program.shape[1:] *= 0.01
    sizes = group_sizes(program.settled().shape, program.settled().waves() * 0, program.settled().static[:, -4] * 0)
    assert float(sizes[0, 0]) == pytest.approx(1, abs=1e-4) and float(sizes[1:, :2].max()) == 0


@torch.no_grad()
def test_half_meant_motion_is_meant_and_faint_ones_are_not():
    shape, static = torch.zeros(2, TRAJECTORIES, BASIS), torch.zeros(2, STATIC)
    static[:, 2 * len(WAVES):2 * len(WAVES) + len(EFFECTS)] = -20
    shape[0, 9, 0], shape[1, 9, 0] = 0.45, 0.2
    settled = Program(shape, static, torch.zeros(2, 5)).settled()
    sizes = group_sizes(settled.shape, settled.wave_forms, settled.sweep_form)
    assert sizes[0].tolist() == pytest.approx([0, 1, 0, 0], abs=1e-3) and float(sizes[1].abs().max()) == 0


@pytest.mark.parametrize("loops", [False, True])
def test_time_functions_start_at_nothing_and_loops_come_back(loops):
    values = basis(torch.tensor([0.0, 1.0]), loops)
    assert values[0].abs().max() < 1e-6
    assert not loops or values[1].abs().max() < 1e-5


def test_staged_training_freezes_the_image_model():
    model = random_model(configuration(True), 1)
    trained = trained_parameters(model, freeze_image=True)
    assert trained and all(not p.requires_grad for n, p in model.named_parameters() if n not in trained)
    assert any("motion_modules" in n for n in trained) and any("attn_img" in n for n in trained) and "unet.conv_in.weight" in trained
    assert not any(n.startswith(("vae.", "text_encoder.", "content_encoder.")) or ".attn1.to_q" in n and "motion" not in n for n in trained)


def test_rate_warms_up_and_decays():
    assert rate_factor(0.0, 0) < 0.05 and rate_factor(0.3, 500) == 1 and rate_factor(1.0, 500) == pytest.approx(0.02)


def test_budget_file_overrides(tmp_path):
    budget = Budget(tmp_path, minutes=10, samples=None)
    assert budget.progress(0, 300) == 0.5
    (tmp_path / "budget.json").write_text(json.dumps({"samples": 100}))
    budget.refresh()
    assert budget.progress(25, 300) == 0.25


def test_a_batch_that_is_no_number_changes_nothing():
    weight = torch.nn.Parameter(torch.ones(3))
    optimiser = torch.optim.AdamW([weight], lr=0.1)
    descend((weight * float("nan")).sum(), optimiser, [weight])
    assert torch.equal(weight.data, torch.ones(3))
    descend(weight.sum(), optimiser, [weight])
    assert (weight.data < 1).all()


def test_average_follows_the_weights():
    parameters = {"w": torch.nn.Parameter(torch.zeros(3))}
    average = Average(parameters, 0.9)
    with torch.no_grad():
        parameters["w"].fill_(1)
    for _ in range(60):
        average.update(parameters)
    assert (average.values["w"] - 1).abs().max() < 0.02


def test_philox_known_answers():
    """Random123's known answers for Philox4x32-10."""
    assert [hex(w) for w in philox(np.zeros((1, 4), np.uint32), 0)[0]] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]
    ones = philox(np.full((1, 4), 0xFFFFFFFF, np.uint32), 0xFFFFFFFFFFFFFFFF)[0]
    assert [hex(w) for w in ones] == ["0x408f276d", "0x41c83b0e", "0xa20bc7c6", "0x6d5451fd"]
    noise = frame_noise(5, 3, (20, 30, 16))
    assert abs(noise.mean()) < 0.03 and abs(noise.std() - 1) < 0.03
    assert np.array_equal(frame_noise(5, 3, (4, 4, 4)).ravel(), noise.ravel()[:64])


@pytest.mark.parametrize("latent", [False, True])
@pytest.mark.parametrize("name", sorted(SAMPLERS))
def test_samplers_reach_a_known_clean_sample(name, latent):
    """Told the truth at every step, each sampler ends at the clean sample."""
    schedule = NoiseSchedule(configuration(latent).scheduler)
    sampler = SAMPLERS[name](schedule, 6, lambda index: torch.randn(64, dtype=torch.float64))  # fresh noise of ancestral steps
    generator = torch.Generator().manual_seed(0)
    clean, noise = torch.randn(64, generator=generator, dtype=torch.float64), torch.randn(64, generator=generator, dtype=torch.float64)
    alpha = schedule.alpha(sampler.times[0])
    x = clean + noise * sampler.sigmas[0] if name.startswith("euler") else math.sqrt(alpha) * clean + math.sqrt(1 - alpha) * noise
    for index, time in enumerate(sampler.times):
        alpha = schedule.alpha(time)
        seen = sampler.model_input(x, index)
        output = clean if schedule.prediction_type == "sample" else (seen - math.sqrt(alpha) * clean) / math.sqrt(1 - alpha)
        x = sampler.step(x, output, index)
    # DDIM counts back by whole strides, so its last one may end at the first alpha instead of at 1; LCM keeps a little of its input.
    assert (x - clean).abs().max() < (0.1 if name in ("ddim", "lcm") else 1e-6)


def test_affine_zoom_moves_corners_outwards():
    affine = torch.zeros(1, 2, 9)
    affine[0, 1, 0] = affine[0, 1, 4] = 1.0  # u = x, v = y
    motion = MotionPrediction(torch.zeros(1, 2, 3, 12, 12), affine)
    flow, _ = motion_field(motion, (12, 12))
    assert flow[0, 1, 0, 0, -1] > 0 > flow[0, 1, 0, 0, 0] and flow[0, 1, 1, -1, 0] > 0 and flow[0, 0].abs().max() == 0


def test_whole_pixel_move_is_exact():
    photo = torch.rand(1, 3, 16, 24)
    motion = MotionPrediction(torch.zeros(1, 2, 3, 4, 6), torch.zeros(1, 2, 9))
    s = math.sqrt(16 * 24) / 2
    motion.affine[0, :, 2] = 3 / (0.1 * s)
    for mode in ("bilinear", "bicubic"):
        flow, gain = scaled_motion(motion, (16, 24), 0.1, 0.5, anchor_first=True)
        moved = move(photo, flow, gain, "reflect", mode)
        assert torch.allclose(moved[0, 0], photo[0], atol=1e-5)
        assert torch.allclose(moved[0, 1, :, :, 2:-5], photo[0, :, :, 5:-2], atol=1e-4)


@pytest.mark.parametrize("photo, expected", [((128, 128), (128, 128)), ((3000, 2000), (112, 160)), ((2000, 3000), (160, 112)), ((4000, 100), (64, 256))])
def test_working_size(photo, expected):
    assert working_size(*photo, 16384, 16, 64, 256) == expected
