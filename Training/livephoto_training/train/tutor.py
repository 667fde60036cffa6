"""A tutor for the text encoder: the sentence model of ``teacher.py``, taught the motion families first.

A sentence model that has read a billion sentences learns from a few thousand written ones which family a sentence asks for, and is right about
unheard ones more often than a small network from scratch can be. It then says so of texts whose family nobody wrote down (``words.py``): captions
with verbs outside of the grammar, and written sentences with words replaced (``neighbours.py``). Nothing of it is in the model's folder.

    python -m livephoto_training.train.tutor --run checkpoints/mini --data checkpoints/data --minutes 15
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .caption_source import FAMILIES, CaptionSource
from .state import descend, linear_factor
from .teacher import WIDTH, cached, load_teacher, mean_states

SENTENCE_SHARE = 0.8
SMOOTHING = 0.05
FILE = "tutor.safetensors"


class Tutor(nn.Module):
    """Texts to logits of the families [B, K]."""

    def __init__(self):
        super().__init__()
        self.tokenizer, self.encoder = load_teacher()
        self.head = nn.Linear(WIDTH, len(FAMILIES))

    @staticmethod
    def load(run: Path) -> Tutor:
        tutor = Tutor()
        tutor.load_state_dict(load_file(run / FILE))
        return tutor.eval()

    def forward(self, texts: list[str]) -> Tensor:
        return self.head(mean_states(self.tokenizer, self.encoder, texts, 40))


def told_families(texts: list[str], make_tutor: Callable[[], Tutor], cache: Path | None = None) -> np.ndarray:
    """Probabilities of the families [N, K], by way of ``cached``."""
    def compute() -> Callable[[list[str]], Tensor]:
        tutor = make_tutor()
        return lambda rows: tutor(rows).softmax(1)
    return cached(texts, "probabilities", compute, cache)


def labelled(source: CaptionSource, count: int) -> list[tuple[str, int]]:
    """Captions of one family each, sorted by length."""
    chosen = [source.random.randrange(len(FAMILIES)) for _ in range(count)]
    return sorted(((str(source.draw(family).caption), family) for family in chosen), key=lambda pair: len(pair[0]))


def share_right(tutor: Tutor, pairs: list[tuple[str, int]]) -> float:
    told = told_families([text for text, _ in pairs], lambda: tutor).argmax(1)
    return float(np.mean([a == b for a, (_, b) in zip(told, pairs)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help=f"folder that {FILE} goes to")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--resume", action="store_true", help="go on from the run's tutor")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    with np.load(arguments.data / "stamps.npz") as archive:
        nouns = [str(noun) for noun in archive["nouns"]]
    tutor = (Tutor.load(arguments.run) if arguments.resume else Tutor()).train()
    source = CaptionSource(nouns, arguments.seed + arguments.resume, "train", share=SENTENCE_SHARE)
    groups = [{"params": tutor.encoder.parameters(), "base": 1.0}, {"params": tutor.head.parameters(), "base": 13.0}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    start, step, kept, pending = time.time(), 0, [], []
    while (elapsed := time.time() - start) < 60 * arguments.minutes:
        if not pending:
            rows = labelled(source, arguments.batch * 8)
            pending = [rows[first:first + arguments.batch] for first in range(0, len(rows), arguments.batch)]
            random.Random(step).shuffle(pending)
        texts, families = zip(*pending.pop())
        factor = linear_factor(elapsed / 60 / arguments.minutes, step, decay_from=0.3, least=0.01)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * factor * group["base"]
        loss = F.cross_entropy(tutor(list(texts)), torch.tensor(families), label_smoothing=SMOOTHING)
        descend(loss, optimiser, tutor.parameters())
        step, kept = step + 1, kept + [float(loss.detach())]
        if step % 100 == 0:
            print(f"step {step} {elapsed:.0f} s loss {np.mean(kept[-100:]):.3f}", flush=True)
    tutor.eval()
    for what, share in (("wordings of the grammar", 0.0), ("written sentences", 1.0)):
        print(f"unseen {what}: {share_right(tutor, labelled(CaptionSource(nouns, 991, 'eval', share=share), 1536)):.3f} right", flush=True)
    save_file({name: value.contiguous() for name, value in tutor.state_dict().items()}, arguments.run / FILE)


if __name__ == "__main__":
    main()
