"""Teach the text encoder what the captions mean before any clip is rendered: tell the motion family from the caption.

A caption costs a thousandth of a clip, so that a few minutes here save an hour of the video model looking at words it cannot read.
The classifier is thrown away; text encoder and re-weighting are kept.

    python -m livephoto_training.train.words --config configs/mini.json --run checkpoints/mini --minutes 3
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer


class CaptionSource:
    """Captions with their family (one or two) and strength."""

    def __init__(self, nouns: list[str], seed: int, split: str = "train"):
        from ..simulator import FAMILIES, Grammar
        from ..simulator.wordings import SCENE_WORDS
        self.families, self.grammar, self.nouns, self.scenes = sorted(FAMILIES), Grammar(split), nouns, SCENE_WORDS
        self.random = random.Random(seed)

    def draw(self) -> tuple[str, list[int], float]:
        rng = self.random
        chosen = rng.sample(range(len(self.families)), 2 if rng.random() < 0.1 else 1)
        strength = rng.random()
        nouns = [rng.choice(self.nouns) if rng.random() < 0.7 else None for _ in chosen]
        if len(chosen) == 2:
            return self.grammar.combined([self.families[i] for i in chosen], rng, nouns, strength), chosen, strength
        scene = rng.choice(self.scenes) if rng.random() < 0.5 else None
        return self.grammar.caption(self.families[chosen[0]], rng, nouns[0], strength, scene), chosen, strength


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = Configuration.load(arguments.config)
    model = LivePhotoModel(config)
    initialise(model, arguments.seed)
    tokenizer = Tokenizer.load(arguments.run / "tokenizer", config.tokenizer.max_length)
    with np.load(arguments.data / "stamps.npz") as archive:
        nouns = [str(noun) for noun in archive["nouns"]]
    source, held_out = CaptionSource(nouns, arguments.seed), CaptionSource(nouns, arguments.seed + 1, "eval")
    classifier = nn.Linear(config.text_encoder.hidden_size, len(source.families))
    parameters = [*model.text_encoder.parameters(), *classifier.parameters()]
    slow = list(model.text_reweighting.parameters())
    optimiser = torch.optim.AdamW([{"params": parameters, "base": 1.0}, {"params": slow, "base": 0.1}], betas=(0.9, 0.99), weight_decay=0.01)

    def evaluate(captions: CaptionSource, size: int) -> tuple[torch.Tensor, float, torch.Tensor]:
        texts, chosen, _ = zip(*(captions.draw() for _ in range(size)))
        target = torch.zeros(size, len(source.families))
        for row, families in enumerate(chosen):
            target[row, families] = 1 / len(families)
        ids = tokenizer.batch(list(texts))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.half):
            _, bag, weights = model.encode_text(ids, torch.full((size, 1), 0.5))
            logits = classifier(bag[:, 0]).float()
        right = target.gather(1, logits.argmax(1, keepdim=True)).gt(0).float().mean()
        return F.cross_entropy(logits, target), float(right), weights.float()

    start, step, seen = time.time(), 0, []
    while (elapsed := time.time() - start) < 60 * arguments.minutes:
        progress = elapsed / 60 / arguments.minutes
        factor = min(1, (step + 1) / 50) * min(1.0, (1 - progress) / 0.4 + 0.02)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * factor * group["base"]
        loss, right, weights = evaluate(source, arguments.batch)
        loss = loss + 2 * (weights.mean((1, 2)) - 0.6).square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([*parameters, *slow], 1.0)
        optimiser.step()
        step, seen = step + 1, seen + [right]
        if step % 50 == 0:
            with torch.no_grad():
                unseen = evaluate(held_out, 96)[1]
            print(f"step {step} {elapsed:.0f} s loss {loss.item():.3f} right {np.mean(seen[-50:]):.3f} unseen wordings {unseen:.3f} "
                  f"word weights {weights.mean():.2f}", flush=True)
    state = {k: v for k, v in model.state_dict().items() if k.startswith(("text_encoder.", "text_reweighting."))}
    save_file({k: v.contiguous().clone() for k, v in state.items()}, arguments.run / "words.safetensors")


if __name__ == "__main__":
    main()
