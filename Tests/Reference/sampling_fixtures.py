"""Writes Tests/Fixtures/sampling/{samplers,noise}.json: what diffusers and NumPy make of the same numbers.

    python Tests/Reference/sampling_fixtures.py    (diffusers 0.42, torch 2, numpy; by hand, the results are committed)

samplers.json: for every scheduler, schedule, spacing and prediction type, ten steps from START with the network's
output at step i, place j being sin(0.7 (i + 1) + 1.3 j), whatever x is. What a step draws at random is our own noise
(seed NOISE_SEED, stream 1, the step's number). diffusers computes its noise schedule in single
precision, which costs the squared cosine half of its digits (1 - 0.999), and its steps too, which costs Euler at sigma
20000 the same; the schedulers here are given the same schedule in double, and steps that stay there.

noise.json: Philox4x32-10, its Random123 known answers recomputed, and the normals made of it, in plain NumPy.
"""

import json
import pathlib

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from diffusers.schedulers import (
    scheduling_dpmsolver_multistep, scheduling_euler_ancestral_discrete, scheduling_euler_discrete, scheduling_lcm,
    scheduling_unipc_multistep)
from diffusers import (
    DDIMInverseScheduler, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler, LCMScheduler, UniPCMultistepScheduler)

OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "sampling"
STEPS = 10
NOISE_SEED = 42
START = [0.8, -1.3, 0.05, 2.1, -0.4]
BETAS = {"linear": (0.00085, 0.012), "scaled_linear": (0.00085, 0.012), "squaredcos_cap_v2": (0.0001, 0.02)}


class DoubleTorch:
    """torch, but that its float32 is float64."""

    def __getattr__(self, name):
        return torch.float64 if name == "float32" else getattr(torch, name)


def alpha_bars(kind, train=1000, rescale=False):
    start, end = BETAS[kind]
    if kind == "linear":
        betas = np.linspace(start, end, train)
    elif kind == "scaled_linear":
        betas = np.linspace(start**0.5, end**0.5, train) ** 2
    else:
        signal = lambda t: np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
        i = np.arange(train)
        betas = np.minimum(1 - signal((i + 1) / train) / signal(i / train), 0.999)
    bars = np.cumprod(1 - betas)
    if rescale:
        root = np.sqrt(bars)
        bars = ((root - root[-1]) * root[0] / (root[0] - root[-1])) ** 2
    return bars


def output(i):
    return torch.tensor([[np.sin(0.7 * (i + 1) + 1.3 * j) for j in range(len(START))]], dtype=torch.float64)


def run(kind, betas, spacing, prediction, rescale=False, to_one=True, offset=0, steps=STEPS):
    common = dict(
        num_train_timesteps=1000, beta_schedule=betas, beta_start=BETAS[betas][0], beta_end=BETAS[betas][1],
        prediction_type=prediction, timestep_spacing=spacing, steps_offset=offset, rescale_betas_zero_snr=rescale,
    )
    karras = kind == "dpm++2m-karras"
    if kind.startswith("dpm++2m"):
        scheduler = DPMSolverMultistepScheduler(
            **common, algorithm_type="dpmsolver++", solver_order=2, use_karras_sigmas=karras)
    elif kind == "euler":
        scheduler = EulerDiscreteScheduler(**common)
    elif kind == "euler-a":
        scheduler = EulerAncestralDiscreteScheduler(**common)
    elif kind == "unipc":
        scheduler = UniPCMultistepScheduler(**common, solver_order=2)
    elif kind == "lcm":
        scheduler = LCMScheduler(**common, clip_sample=False, set_alpha_to_one=to_one)
    else:
        cls = DDIMScheduler if kind == "ddim" else DDIMInverseScheduler
        scheduler = cls(**common, clip_sample=False, set_alpha_to_one=to_one)
    for module in (scheduling_dpmsolver_multistep, scheduling_euler_discrete, scheduling_euler_ancestral_discrete):
        module.torch = DoubleTorch()
    torch.set_default_dtype(torch.float64 if kind == "unipc" else torch.float32)
    for module in (scheduling_euler_ancestral_discrete, scheduling_lcm):
        module.randn_tensor = lambda shape, **_: torch.tensor(
            [normals(NOISE_SEED, 0, len(START), stream=1, step=i)], dtype=torch.float64)
    bars = torch.from_numpy(alpha_bars(betas, rescale=rescale))
    if rescale and kind not in ("ddim", "inverse", "lcm"):
        bars[-1] = 2**-24
    scheduler.alphas_cumprod = bars
    final = torch.tensor(1.0, dtype=torch.float64) if to_one else bars[0]
    scheduler.final_alpha_cumprod = scheduler.initial_alpha_cumprod = final
    scheduler.set_timesteps(steps)
    if kind in ("unipc", "euler-a"):  # they reckon in the precision of their noise levels, which is single
        levels = np.interp(scheduler.timesteps.numpy(), np.arange(len(bars)), ((1 - bars) / bars).sqrt().numpy())
        scheduler.sigmas = torch.from_numpy(np.append(levels, 0))
    x = torch.tensor([START], dtype=torch.float64) * float(scheduler.init_noise_sigma)
    inputs, values = [], []
    for i, t in enumerate(scheduler.timesteps):
        inputs.append(float(scheduler.scale_model_input(x, t)[0, 0]))
        if kind == "inverse" and prediction == "sample":
            x = inverse_step_of_sample(output(i), int(t), x, bars, final, steps)
        else:
            x = scheduler.step(output(i), t, x).prev_sample
        values.append(x[0].tolist())
    return {
        "sampler": kind, "betas": betas, "spacing": spacing, "prediction": prediction, "rescale": rescale,
        "alphaToOne": to_one, "offset": offset, "steps": steps,
        "initialScale": float(scheduler.init_noise_sigma), "timesteps": [float(t) for t in scheduler.timesteps],
        "inputs": inputs, "values": values,
    }


def inverse_step_of_sample(original, t, x, bars, final, steps):
    """DDIMInverseScheduler.step with the current level at most 0.99 where noise is derived: at the clean end a
    predicted sample has none, and diffusers divides by zero."""
    current = t - 1000 // steps
    bar = min(float(bars[current] if current >= 0 else final), 0.99)
    noise = (x - bar**0.5 * original) / (1 - bar) ** 0.5
    return bars[t] ** 0.5 * original + (1 - bars[t]) ** 0.5 * noise


def usual_spacings(count, offset=0):
    """The steps of every count, folded into one number a rule: sum of t_k (k + 1)."""
    result = {}
    for kind, cls, spacings in [
        ("discrete", DDIMScheduler, ["leading", "linspace", "trailing"]),
        ("multistep", DPMSolverMultistepScheduler, ["leading", "linspace", "trailing"]),
        ("continuous", EulerDiscreteScheduler, ["leading", "trailing"]),
    ]:
        for spacing in spacings:
            sums = []
            for steps in range(1, count + 1):
                scheduler = cls(timestep_spacing=spacing, steps_offset=offset)
                scheduler.set_timesteps(steps)
                # For some counts numpy.arange's rounding yields one step more, at -1: an error, which is not repeated.
                times = scheduler.timesteps.numpy().astype(np.int64)[:steps]
                sums.append(int((times * np.arange(1, len(times) + 1)).sum()))
            result[f"{kind} {spacing}"] = sums
    return result


def rescaled_guidance():
    """Guidance 7.5 with its spread brought back by 0.7, of a clip of two frames."""
    negative, positive = torch.cat([output(0), output(1)]), torch.cat([output(2), output(3) * 0.5])
    mixed = negative + 7.5 * (positive - negative)
    result = rescale_noise_cfg(mixed[None], positive[None], guidance_rescale=0.7)
    return {name: value.flatten().tolist() for name, value in
            (("negative", negative), ("positive", positive), ("result", result))}


def philox(counter, key):
    words, key = [int(w) for w in counter], [int(k) for k in key]
    mask = 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = words[0] * 0xD2511F53, words[2] * 0xCD9E8D57
        words = [(p1 >> 32) ^ words[1] ^ key[0], p1 & mask, (p0 >> 32) ^ words[3] ^ key[1], p0 & mask]
        key = [(key[0] + 0x9E3779B9) & mask, (key[1] + 0xBB67AE85) & mask]
    return words


def normals(seed, frame, count, stream=0, step=0):
    """FORMAT.md, "Noise", straight from the page."""
    values = []
    for block in range((count + 3) // 4):
        x = np.array(philox([block, frame, stream, step], [seed & 0xFFFFFFFF, seed >> 32]), dtype=np.float64)
        for a, b in ((x[0], x[1]), (x[2], x[3])):
            r = np.sqrt(-2 * np.log((a + 1) / 2**32))
            values += [r * np.cos(2 * np.pi * b / 2**32), r * np.sin(2 * np.pi * b / 2**32)]
    return [float(np.float32(v)) for v in values[:count]]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = []
    samplers = ("ddim", "dpm++2m", "euler", "euler-a", "dpm++2m-karras", "unipc", "lcm")
    for kind in samplers + ("inverse",):
        for betas in BETAS:
            for spacing in ("leading", "linspace", "trailing"):
                if (kind, spacing) == ("inverse", "linspace"):
                    continue
                if kind in ("lcm", "dpm++2m-karras") and spacing != "trailing":
                    continue  # these have steps of their own
                for prediction in ("epsilon", "v_prediction", "sample"):
                    if (kind, prediction) != ("euler-a", "sample"):  # diffusers has none
                        cases.append(run(kind, betas, spacing, prediction))
    for kind in samplers:
        last = "v_prediction" if kind == "euler-a" else "sample"
        cases.append(run(kind, "linear", "trailing", "v_prediction", rescale=True))
        cases.append(run(kind, "scaled_linear", "leading", "epsilon", to_one=False, offset=1, steps=25))
        cases.append(run(kind, "squaredcos_cap_v2", "trailing", last, steps=1))
        cases.append(run(kind, "squaredcos_cap_v2", "trailing", last, steps=16))
    places = {b: {str(t): float(alpha_bars(b)[t]) for t in (0, 1, 500, 961, 998, 999)} for b in BETAS}
    with open(OUT / "samplers.json", "w") as file:
        everything = {"start": START, "alphaBars": places, "spacings": usual_spacings(999), "cases": rounded(cases),
                      "rescaledGuidance": rounded(rescaled_guidance())}
        json.dump(everything, file, separators=(",", ":"))
    known = [([0] * 4, [0] * 2), ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2),
             ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0])]
    noise = {
        "known": [{"counter": c, "key": k, "words": philox(c, k)} for c, k in known],
        "normals": [{"seed": seed, "frame": frame, "values": normals(seed, frame, 14)}
                    for seed in (0, 1, 42, 0x0123456789ABCDEF) for frame in (0, 1, 15)],
    }
    with open(OUT / "noise.json", "w") as file:
        json.dump(noise, file, separators=(",", ":"))


def rounded(value):
    """Nine digits: more than single precision holds."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


if __name__ == "__main__":
    main()
