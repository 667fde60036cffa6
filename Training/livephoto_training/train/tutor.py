"""A tutor for the text encoder: the sentence model of ``teacher.py``, taught the motion families first.

A sentence model that has read a billion sentences learns from a few thousand written ones which family a sentence asks for, and is right about
unheard ones more often than a small network from scratch can be. It then says so of texts whose family nobody wrote down (``words.py``): captions
with verbs outside of the grammar, and written sentences with words replaced (``neighbours.py``). Nothing of it is in the model's folder.

Several that learned from other draws err in other places: where a run has more members than one, what they say is averaged.

    python -m livephoto_training.train.tutor --run checkpoints/mini --data checkpoints/data --minutes 15 [--member 1]
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
from .state import compute_device, descend, linear_factor
from .teacher import WIDTH, cached, load_teacher, mean_states

SENTENCE_SHARE = 0.8
SMOOTHING = 0.05
FILES = "tutor*.safetensors"


def member_file(run: Path, member: int) -> Path:
    return run / (f"tutor-{member}.safetensors" if member else "tutor.safetensors")


class Tutor(nn.Module):
    """Texts to logits of the families [B, K]."""

    def __init__(self, path: Path | None = None):
        """``path``: what an earlier one has learned."""
        super().__init__()
        self.tokenizer, self.encoder = load_teacher()
        self.head = nn.Linear(WIDTH, len(FAMILIES)).to(self.encoder.device)
        if path is not None:
            self.load_state_dict(load_file(path))

    def forward(self, texts: list[str]) -> Tensor:
        return self.head(mean_states(self.tokenizer, self.encoder, texts, 40))


def load_tutors(run: Path) -> list[Tutor]:
    """All members of a run."""
    return [Tutor(path).eval() for path in sorted(run.glob(FILES))]


def told_families(texts: list[str], make_tutors: Callable[[], list[Tutor]], cache: Path | None = None) -> np.ndarray:
    """Probabilities of the families [N, K], the members' mean, by way of ``cached``."""
    def compute() -> Callable[[list[str]], Tensor]:
        tutors = make_tutors()
        return lambda rows: torch.stack([tutor(rows).softmax(1) for tutor in tutors]).mean(0)
    return cached(texts, "probabilities", compute, cache)


def labelled(source: CaptionSource, count: int) -> list[tuple[str, int]]:
    """Captions of one family each, sorted by length."""
    chosen = [source.random.randrange(len(FAMILIES)) for _ in range(count)]
    return sorted(((str(source.draw(family).caption), family) for family in chosen), key=lambda pair: len(pair[0]))


def share_right(tutors: list[Tutor], pairs: list[tuple[str, int]]) -> float:
    told = told_families([text for text, _ in pairs], lambda: tutors).argmax(1)
    return float(np.mean([a == b for a, (_, b) in zip(told, pairs)]))


def report(tutors: list[Tutor], nouns: list[str]) -> None:
    for what, share in (("wordings of the grammar", 0.0), ("written sentences", 1.0)):
        print(f"unseen {what}: {share_right(tutors, labelled(CaptionSource(nouns, 991, 'eval', share=share), 1536)):.3f} right", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="folder that tutor.safetensors goes to")
    parser.add_argument("--member", type=int, default=0, help="which of several; number 3's file is tutor-3.safetensors")
    parser.add_argument("--report", action="store_true", help="train nothing, tell how often all of the run's members together are right")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--resume", action="store_true", help="go on from the run's tutor")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    seed = arguments.seed + 1000 * arguments.member
    torch.manual_seed(seed)
    with np.load(arguments.data / "stamps.npz") as archive:
        nouns = [str(noun) for noun in archive["nouns"]]
    if arguments.report:
        return report(load_tutors(arguments.run), nouns)
    path = member_file(arguments.run, arguments.member)
    tutor, device = Tutor(path if arguments.resume else None).train(), compute_device()
    source = CaptionSource(nouns, seed + arguments.resume, "train", share=SENTENCE_SHARE)
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
        loss = F.cross_entropy(tutor(list(texts)), torch.tensor(families, device=device), label_smoothing=SMOOTHING)
        descend(loss, optimiser, tutor.parameters())
        step, kept = step + 1, [*kept[-99:], loss.detach()]
        if step % 100 == 0:
            print(f"step {step} {elapsed:.0f} s loss {float(sum(kept)) / len(kept):.3f}", flush=True)
    report([tutor.eval()], nouns)
    save_file({name: value.cpu().contiguous() for name, value in tutor.state_dict().items()}, path)


if __name__ == "__main__":
    main()
