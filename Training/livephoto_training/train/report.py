"""What a run has learned, family by family: motion and light told from words and photo alone, on wordings kept out of training.

    python -m livephoto_training.train.report --run checkpoints/mini --data checkpoints/data --clips 6

Per family: share of the flow explained with the right caption and with a wrong one (1 - error / size, mean absolute), cosine between
predicted and true flow, share of the light explained, and size of the predicted new content.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..export.__main__ import load_run
from ..model.motion_field import motion_field
from .clips import ClipSettings, compact, make_simulator


@torch.no_grad()
def predict_from_noise(model, batch: dict, ids: Tensor, frames: Tensor):
    """Output of the first step (pure noise) for the chosen frames of each clip."""
    photo = batch["frames"][:, 0].float() / 255
    progress = (frames / (batch["frames"].shape[1] - 1)).expand(len(photo), -1)
    conditions = model.conditions(photo, ids.long(), batch["level"], progress)
    cells = batch["content"].shape[-2:]
    noise = torch.randn(len(photo), len(frames), model.vae.latent_channels, *cells, generator=torch.Generator().manual_seed(3))
    return model.predict(noise, torch.full((len(photo),), 999.0), conditions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--clips", type=int, default=6, help="per family")
    parser.add_argument("--family", action="append", help="only these families")
    parser.add_argument("--raw", action="store_true", help="the last weights instead of the averaged ones")
    parser.add_argument("--seed", type=int, default=77)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer, counts = load_run(arguments.run, None, not arguments.raw)
    from ..simulator import FAMILIES, Grammar
    settings = ClipSettings(arguments.data, arguments.run / "tokenizer", arguments.run / "levels.json", model.config)
    simulator = make_simulator(settings, arguments.seed)
    simulator.scenes.grammar = Grammar("eval")
    frames = torch.tensor([5, 10, 15])
    print(counts)
    print(f"{'family':24}{'flow':>6}{'wrong':>7}{'cosine':>8}{'size':>6}{'light':>7}{'size':>6}{'new':>6}{'true':>6}")
    totals = []
    previous = tokenizer.batch(["the camera pans to the left"] * arguments.clips)
    for family in arguments.family or sorted(FAMILIES):
        batch = compact(simulator.sample(arguments.clips, 16, 128, 128, family=family), model.config, tokenizer)
        flow, light = batch["flow"][:, frames].float(), batch["light"][:, frames].float()
        weight = batch["flow_weight"][:, frames].float()
        outputs = [predict_from_noise(model, batch, ids, frames) for ids in (batch["ids"], previous)]
        previous = batch["ids"]
        size = (flow.abs() * weight).mean((1, 2, 3, 4))
        shares = []
        for output in outputs:
            told, told_light = motion_field(output.motion, flow.shape[-2:])
            error = ((told - flow).abs() * weight).mean((1, 2, 3, 4))
            shares.append(float((1 - error.sum() / size.sum().clamp(min=1e-6))))
            if len(shares) == 1:
                cosine = float(((told * flow * weight).sum((1, 2, 3, 4)) / ((told.square() * weight).sum((1, 2, 3, 4)).sqrt()
                                * (flow.square() * weight).sum((1, 2, 3, 4)).sqrt()).clamp(min=1e-6)).mean())
                lit = 1 - float((told_light - light).abs().sum() / light.abs().sum().clamp(min=1e-6))
        new, true = float(outputs[0].sample.abs().mean()), float(batch["content"].float().mean())
        light_size = float(light.abs().mean())
        still = float(size.mean()) < 0.01
        print(f"{family:24}{'' if still else format(shares[0], '.2f'):>6}{'' if still else format(shares[1], '.2f'):>7}"
              f"{'' if still else format(cosine, '.2f'):>8}{float(size.mean()):6.2f}{'' if light_size < 0.01 else format(lit, '.2f'):>7}"
              f"{light_size:6.2f}{new:6.2f}{true:6.2f}", flush=True)
        if not still:
            totals.append((*shares, cosine))
    right, wrong, cosine = np.mean(totals, axis=0)
    print(f"{'mean':24}{right:6.2f}{wrong:7.2f}{cosine:8.2f}")


if __name__ == "__main__":
    main()
