"""A tutor for the text encoder: the sentence model of ``teacher.py``, taught the motion families first.

A sentence model that has read a billion sentences learns from a few thousand written ones which family a sentence asks for, and is right about
unheard ones more often than a small network from scratch can be. It then says so of texts whose family nobody wrote down (``words.py``): captions
with verbs outside of the grammar, and written sentences with words replaced (``neighbours.py``). Nothing of it is in the model's folder.

    python -m livephoto_training.train.tutor --run checkpoints/mini --data checkpoints/data --minutes 15
"""

from __future__ import annotations

import argparse
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .caption_source import FAMILIES, CaptionSource
from .teacher import WIDTH, teacher_folder

SENTENCE_SHARE = 0.8
SMOOTHING = 0.05
FILE = "tutor.safetensors"


class Tutor(nn.Module):
    """Texts to logits of the families [B, K]."""

    def __init__(self):
        super().__init__()
        os.environ["HF_HUB_OFFLINE"] = "1"
        from transformers import AutoModel, AutoTokenizer
        self.tokenizer, self.encoder = AutoTokenizer.from_pretrained(teacher_folder()), AutoModel.from_pretrained(teacher_folder())
        self.head = nn.Linear(WIDTH, len(FAMILIES))

    @staticmethod
    def load(run: Path) -> Tutor:
        tutor = Tutor()
        tutor.load_state_dict(load_file(run / FILE))
        return tutor.eval()

    def forward(self, texts: list[str]) -> Tensor:
        inputs = self.tokenizer(texts, padding=True, truncation=True, max_length=40, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"][..., None]
        return self.head((states * mask).sum(1) / mask.sum(1))

    @torch.no_grad()
    def probabilities(self, texts: list[str], cache: Path | None = None, batch: int = 128) -> np.ndarray:
        """[N, K]; what ``cache`` holds already is not computed again."""
        known: dict[str, np.ndarray] = {}
        if cache is not None and cache.exists():
            with np.load(cache) as archive:
                known = dict(zip(archive["texts"].tolist(), archive["probabilities"]))
        missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
        for start in range(0, len(missing), batch):
            rows = missing[start:start + batch]
            known.update(zip(rows, self(rows).softmax(1).half().numpy()))
            if start // batch % 100 == 99:
                print(f"tutor: {start + batch} of {len(missing)} texts", flush=True)
        if cache is not None and missing:
            np.savez(cache, texts=np.array(list(known)), probabilities=np.stack(list(known.values())))
        return np.stack([known[text] for text in texts]).astype(np.float32)


def labelled(source: CaptionSource, count: int) -> list[tuple[str, int]]:
    """Captions of one family each, sorted by length."""
    chosen = [source.random.randrange(len(FAMILIES)) for _ in range(count)]
    return sorted(((str(source.draw(family).caption), family) for family in chosen), key=lambda pair: len(pair[0]))


def share_right(tutor: Tutor, pairs: list[tuple[str, int]]) -> float:
    told = tutor.probabilities([text for text, _ in pairs]).argmax(1)
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
        factor = min(1, (step + 1) / 50) * min(1.0, (1 - elapsed / 60 / arguments.minutes) / 0.7 + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * factor * group["base"]
        loss = F.cross_entropy(tutor(list(texts)), torch.tensor(families), label_smoothing=SMOOTHING)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(tutor.parameters(), 1.0)
        optimiser.step()
        step, kept = step + 1, kept + [float(loss.detach())]
        if step % 100 == 0:
            print(f"step {step} {elapsed:.0f} s loss {np.mean(kept[-100:]):.3f}", flush=True)
    tutor.eval()
    for what, share in (("wordings of the grammar", 0.0), ("written sentences", 1.0)):
        print(f"unseen {what}: {share_right(tutor, labelled(CaptionSource(nouns, 991, 'eval', share=share), 1536)):.3f} right", flush=True)
    save_file({name: value.contiguous() for name, value in tutor.state_dict().items()}, arguments.run / FILE)


if __name__ == "__main__":
    main()
