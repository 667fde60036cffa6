"""What the words have learned: families on wordings kept out of training and on ``evaluation/prompts.json``, and the word weights.

    python -m livephoto_training.train.word_report --config configs/mini.json --run checkpoints/mini
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from ..model.configuration import Configuration
from ..model.livephoto import LivePhotoModel
from ..model.text_reweighting import valid_tokens
from ..model.tokenizer import Tokenizer
from ..simulator.caption import Caption
from .caption_source import FAMILIES, Batch, CaptionSource, Sample
from .words import Reader, mean_over

PROMPTS = Path(__file__).parent.parent / "evaluation" / "prompts.json"


def prompt_samples() -> list[Sample]:
    """The written prompts, families as indices of ``FAMILIES``."""
    entries = json.loads(PROMPTS.read_text(encoding="utf-8"))
    return [Sample(Caption(entry["prompt"]), [FAMILIES.index(name) for name in entry["families"]]) for entry in entries]


class WordReport:
    """A run's words, read by its throw-away heads."""

    def __init__(self, config: Path, run: Path):
        self.config = Configuration.load(config)
        self.model = LivePhotoModel(self.config).eval()
        self.model.load_state_dict(load_file(run / "words.safetensors"), strict=False)
        self.reader = Reader(self.config.text_encoder.hidden_size)
        self.reader.load_state_dict(load_file(run / "heads.safetensors"))
        self.tokenizer = Tokenizer.load(run / "tokenizer", self.config.tokenizer.max_length)

    @torch.no_grad()
    def read(self, samples: list[Sample]) -> tuple[torch.Tensor, Batch, torch.Tensor]:
        """Logits [B, K], the batch, and word weights [B, L] as the mean over the clip."""
        batch = Batch.of(samples, self.tokenizer)
        _, bag, weights = self.model.encode_text(batch.ids, torch.linspace(0, 1, 5)[None].expand(len(samples), -1))
        return self.reader.family(bag.mean(1)), batch, weights.mean(1)

    def right(self, samples: list[Sample]) -> tuple[list[bool], list[list[int]]]:
        """Whether each sample's families are the likeliest ones, and which are."""
        logits, _, _ = self.read(samples)
        found = [row.topk(len(sample.families)).indices.tolist() for row, sample in zip(logits, samples)]
        return [set(f) == set(s.families) for f, s in zip(found, samples)], found

    def unseen_wordings(self, what: str, share: float, per_family: int, nouns: list[str]) -> None:
        """``share``: of written sentences among the wordings, 0 or 1."""
        source = CaptionSource(nouns, 991, "eval", share=share)
        rates, confused = {}, Counter()
        ordered, both, motion_mean, place_mean, all_mean, low, high = 0, 0, [], [], [], [], []
        for index, name in enumerate(FAMILIES):
            samples = [source.draw(index) for _ in range(per_family)]
            right, found = self.right(samples)
            rates[name] = float(np.mean(right))
            confused.update((name, FAMILIES[f[0]]) for f, ok in zip(found, right) if not ok)
            _, batch, weights = self.read(samples)
            motion, place = mean_over(weights, batch.motion), mean_over(weights, batch.place)
            marked = batch.motion.any(1) & batch.place.any(1)
            ordered, both = ordered + int((motion > place)[marked].sum()), both + int(marked.sum())
            motion_mean += motion[batch.motion.any(1)].tolist()
            place_mean += place[batch.place.any(1)].tolist()
            words = weights[valid_tokens(batch.ids, self.model.eos)]
            all_mean, low, high = [*all_mean, float(weights.mean())], [*low, float(words.quantile(0.02))], [*high, float(words.quantile(0.98))]
        print(f"unseen {what}: {np.mean(list(rates.values())):.3f} right; worst: "
              + ", ".join(f"{name} {rate:.2f}" for name, rate in sorted(rates.items(), key=lambda item: item[1])[:14]))
        print("confused: " + ", ".join(f"{a} as {b} {n}" for (a, b), n in confused.most_common(16)))
        print(f"word weights: motion words {np.mean(motion_mean):.2f}, names of things {np.mean(place_mean):.2f}, motion higher in "
              f"{ordered / both:.3f} of the captions; mean {np.mean(all_mean):.2f}, range {np.mean(low):.2f} to {np.mean(high):.2f}")

    def prompts(self) -> None:
        samples = prompt_samples()
        right, found = self.right(samples)
        print(f"written prompts: {np.mean(right):.3f} of {len(right)} right; the project page's {np.mean(right[:22]):.3f}")
        for sample, ok, f in zip(samples, right, found):
            if not ok:
                print(f"  {sample.caption}: {'+'.join(FAMILIES[i] for i in sample.families)} read as {'+'.join(FAMILIES[i] for i in f)}")

    def show_weights(self, texts: list[str]) -> None:
        for text in texts:
            _, batch, weights = self.read([Sample(Caption(text), [])])
            names = {index: token for token, index in self.tokenizer.vocabulary.items()}
            ids = batch.ids[0].tolist()
            print("  " + " ".join(f"{names[i].replace('</w>', '')}:{value:.2f}" for i, value in zip(ids[1:ids.index(self.model.eos)], weights[0, 1:].tolist())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--per-family", type=int, default=40)
    parser.add_argument("--prompts", action="store_true", help="read the evaluation's prompts too, and show the misread ones: not while wordings are written")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    report = WordReport(arguments.config, arguments.run)
    with np.load(arguments.data / "stamps.npz") as archive:
        nouns = [str(noun) for noun in archive["nouns"]]
    report.unseen_wordings("wordings of the grammar", 0, arguments.per_family, nouns)
    report.unseen_wordings("written sentences", 1, arguments.per_family, nouns)
    if arguments.prompts:
        report.prompts()
    report.show_weights(["the minion is jumping", "a jumping cat", "camera zooms in on the castle", "the volcano emits thick smoke from its crater",
                         "wind blows the sunflowers"])


if __name__ == "__main__":
    main()
