"""Teach the text encoder what captions mean before any clip is rendered.

A caption costs a thousandth of a clip, so that a few minutes here save an hour of the video model looking at words it cannot read. Six things
are asked of the re-weighted bag of words and of the word weights:

- the motion families of the caption, one or two;
- whether it says slow or fast;
- the sentence embedding of a larger model (``teacher.py``), also of captions with words outside of the grammar, so that an unknown word lands
  near the known ones that mean the like;
- a higher weight on the words that say the motion than on those that name what is in the photo (the paper's figure 5);
- a mean weight near 0.6, so that no sigmoid closes;
- of captions of a subject with a name that the content encoder's classes or their kinds have: which classes (``ConceptQuery``, from the states).

Where the run has a tutor (``tutor.py``), it says the families of the captions with words outside of the grammar, of WordNet's definitions and
examples, and of sentences changed by ``neighbours.py``, which are kept with what it said (``changed.json``) for the program to learn from.

Text encoder, re-weighting and query are kept; what else reads them here goes to ``heads.safetensors``, for ``word_report.py`` alone.

``--initial`` goes on from a finished model. Its masks and its video UNet have learned to read its words, so that a seventh thing is asked then:
what the grammar and names say shall go on looking to them as it did, while sentences that were misread find their place among it.

    python -m livephoto_training.train.words --config configs/mini.json --run checkpoints/mini --minutes 15 --wordnet words/usr/share/wordnet
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ..data.image_network import Concepts
from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import END, Tokenizer
from ..simulator.wordings import FAST, SLOW
from .caption_source import FAMILIES, Batch, CaptionSource
from .neighbours import Neighbours
from .state import compute_device, descend, linear_factor
from .teacher import WIDTH, embed
from .tutor import FILES as TUTORS, load_tutors, told_families
from .vocabulary import Vocabulary
from .word_batches import WordBatches, changed_samples, named_samples, sentence_samples, taught_samples, usage_samples

MEAN_WEIGHT, MOTION_WEIGHT, PLACE_WEIGHT, MARGIN = 0.6, 0.8, 0.5, 0.25
LOWEST, HIGHEST = 0.35, 0.9  # outside of these a sigmoid has little gradient left
SENTENCE_SHARE = 0.75  # of the fresh captions: the taught ones are mostly the grammar's
SURE = 0.8  # what the tutor says of a text is taken for its family by the program
READERS_FIRST = 200  # steps in which the heads alone learn, where a finished model came without them
SHORT_UNTIL = 0.6  # of the run: padding is cut, which halves the cost; then the re-weighting sees all of it, as it will later


#: Texts that say a pace are not for the program, which is told how fast each of its own goes.
PACE = re.compile("|".join(SLOW + FAST))

#: What is kept.
WORD_PARTS = ("text_encoder.", "text_reweighting.", "unet.motion_head.photo.query.")


class Reader(nn.Module):
    """Throw-away linear heads over the bag of words."""

    def __init__(self, width: int):
        super().__init__()
        self.family = nn.Linear(width, len(FAMILIES))
        self.speed = nn.Linear(width, 1)
        self.sentence = nn.Linear(width, WIDTH)


def mean_over(weights: Tensor, mask: Tensor) -> Tensor:
    """Mean weight [B] over a mask [B, L]."""
    return (weights * mask).sum(1) / mask.sum(1).clamp(min=1)


def weight_loss(weights: Tensor, batch: Batch) -> Tensor:
    """Motion words high, names of things lower, all of them about ``MEAN_WEIGHT``. weights [B, L]."""
    motion, place = mean_over(weights, batch.motion), mean_over(weights, batch.place)
    has_motion, has_both = batch.motion.any(1), batch.motion.any(1) & batch.place.any(1)
    order = (F.relu(MARGIN - (motion - place)) * has_both).mean()
    aims = (F.relu(MOTION_WEIGHT - motion) * has_motion).mean() + (F.relu(place - PLACE_WEIGHT) * batch.place.any(1)).mean()
    outside = (F.relu(weights - HIGHEST) + F.relu(LOWEST - weights)).mean()
    return 2 * order + aims + 8 * outside + 2 * (weights.mean(1) - MEAN_WEIGHT).square().mean()


def kept_loss(former: LivePhotoModel, ids: Tensor, progress: Tensor, states: Tensor, bag: Tensor) -> Tensor:
    """How far states [B, 1, L, D] and bag [B, 1, D] of some captions are from what a former model makes of them, in deviations of that."""
    with torch.no_grad():
        former_states, former_bag, _ = former.encode_text(ids, progress)
    return sum((now.float() - before.float()).square().mean() / before.float().var() for now, before in ((states, former_states), (bag, former_bag)))


def word_vectors(tokenizer: Tokenizer, width: int, cache: Path | None) -> tuple[list[int], Tensor]:
    """Ids of the tokens that are whole words, and where to start them from [N, width]: the principal part of the teacher's embeddings.

    Words of like meaning start together, so that a word that is seldom seen, or never beside a motion, is moved by its neighbours' lessons.
    """
    words = [(id, token.removesuffix(END)) for token, id in tokenizer.vocabulary.items() if token.endswith(END)]
    words = [(id, word) for id, word in words if len(word) > 1 and word.isascii() and word.isalpha()]
    vectors = torch.from_numpy(embed([word for _, word in words], cache))
    vectors = vectors - vectors.mean(0)
    _, _, axes = torch.linalg.svd(vectors, full_matrices=False)
    return [id for id, _ in words], vectors @ axes[:width].T


class WordsTrainer:
    """One run. ``losses`` and ``step`` see captions only."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.config = Configuration.load(arguments.config)
        self.device = compute_device()
        self.model = LivePhotoModel(self.config)
        initialise(self.model, arguments.seed)
        self.reader = Reader(self.config.text_encoder.hidden_size)
        self.former = LivePhotoModel.load(arguments.initial) if arguments.initial else None
        if self.former is not None:
            state = {k: v for k, v in self.former.state_dict().items() if k.startswith(WORD_PARTS)}
            self.model.load_state_dict(state, strict=False)
        if arguments.resume:
            self.model.load_state_dict(load_file(arguments.run / "words.safetensors"), strict=False)
            self.reader.load_state_dict(load_file(arguments.run / "heads.safetensors"))
        self.tokenizer = Tokenizer.load(arguments.run / "tokenizer", self.config.tokenizer.max_length)
        with np.load(arguments.data / "stamps.npz") as archive:
            nouns = [str(noun) for noun in archive["nouns"]]
        self.concepts = Concepts.load(arguments.run / "concepts.npz") if (arguments.run / "concepts.npz").exists() else None
        named = self.concepts.nouns if self.concepts else []
        vocabulary = Vocabulary.load(arguments.wordnet, arguments.words)
        self.source = CaptionSource(nouns, arguments.seed + arguments.resume, "train", vocabulary, SENTENCE_SHARE)
        self.taught = taught_samples(CaptionSource(nouns, 77, "train", vocabulary, 0.0), arguments.taught, arguments.run / "taught.json")
        self.familiar = self.asked = len(self.taught)  # the first rows: no written sentences; the last: nothing that one would ask for
        if self.taught:
            written = sentence_samples(nouns)
            self.taught += written + named_samples(named)
            if any(arguments.run.glob(TUTORS)) and arguments.wordnet and arguments.words:
                self.taught += changed_samples(written, arguments.changes, Neighbours.load(arguments.wordnet, arguments.words, arguments.run / "teacher-forms.npz"))
                self.asked = len(self.taught)
                self.taught += usage_samples(arguments.wordnet)
        self.told = self._told_families()
        self.embeddings = None
        if self.taught:
            self.embeddings = torch.from_numpy(embed([str(s.caption) for s in self.taught], arguments.run / "teacher.npz")).to(self.device)
        if self.taught and not arguments.resume and self.former is None:
            self._start_words()
        for module in (self.model, self.reader, self.former):
            if module is not None:
                module.to(self.device)
        fast = list(self.model.text_encoder.parameters())
        slow = list(self.model.text_reweighting.parameters())
        if self.concepts:
            self.query = self.model.unet.motion_head.photo.query
            fast += self.query.parameters()
            members = torch.from_numpy(self.concepts.members).float().to(self.device)
            self.members, self.prototypes = members / members.sum(1, keepdim=True), torch.from_numpy(self.concepts.prototypes).float().to(self.device)
        self.model.text_encoder.embeddings.token_embedding.register_forward_hook(lambda module, ids, vectors: F.dropout(vectors, arguments.dropout))
        self.parameters = [*fast, *slow, *self.reader.parameters()]
        first = READERS_FIRST if self.former is not None and not arguments.resume else 0
        groups = [{"params": self.reader.parameters(), "base": 1.0, "first": 0}, {"params": fast, "base": 1.0, "first": first},
                  {"params": slow, "base": 0.5, "first": first}]
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.01)
        self.batches = WordBatches(self.source, self.taught, self.tokenizer, self.concepts, arguments.batch)

    @torch.no_grad()
    def _start_words(self) -> None:
        table = self.model.text_encoder.embeddings.token_embedding.weight
        ids, vectors = word_vectors(self.tokenizer, table.shape[1], self.arguments.run / "teacher-words.npz")
        table[ids] = vectors * (table.std() / vectors.std())

    def _told_families(self) -> Tensor | None:
        """What the tutor says of the taught texts whose families nobody wrote down [N, K]; zeros for the others."""
        run, unknown = self.arguments.run, [row for row, sample in enumerate(self.taught) if not sample.families]
        if not unknown or not any(run.glob(TUTORS)):
            return None
        texts = [str(self.taught[row].caption) for row in unknown]
        told = torch.zeros(len(self.taught), len(FAMILIES))
        told[unknown] = torch.from_numpy(told_families(texts, lambda: load_tutors(run), run / "told.npz"))
        sure, best = told[unknown].max(1)
        likely = [(text, FAMILIES[family]) for row, text, family, share in zip(unknown, texts, best.tolist(), sure.tolist())
                  if row < self.asked and share > SURE and not PACE.search(text)]
        (run / "changed.json").write_text(json.dumps(likely), encoding="utf-8")
        return told.to(self.device)

    def losses(self, batch: Batch, rows: Tensor, named: Tensor, short: bool) -> dict[str, Tensor]:
        if short:
            longest = int((batch.ids != self.model.eos).long().cumsum(1).argmax(1).max()) + 2
            batch = batch.cut(min(batch.ids.shape[1], longest + int(torch.randint(3, ()))))
        batch, rows, named = batch.to(self.device), rows.to(self.device), named.to(self.device)
        ids, progress = batch.ids, torch.rand(len(rows), 1, device=self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.arguments.half):
            states, bag, weights = self.model.encode_text(ids, progress)
            familiar = (0 <= rows) & (rows < self.familiar) | (named >= 0)
            anchored = self.former is not None and bool(familiar.any())
            kept = kept_loss(self.former, ids[familiar], progress[familiar], states[familiar], bag[familiar]) if anchored else None
            query = self.query(states[named >= 0, 0]) if (named >= 0).any() else None
            bag = F.dropout(bag[:, 0], self.arguments.dropout)
            logits, speed, sentence = self.reader.family(bag).float(), self.reader.speed(bag)[:, 0].float(), self.reader.sentence(bag).float()
        known = batch.families.sum(1) > 0
        families = batch.families
        if self.told is not None and (rows >= 0).any():
            families = families + self.told[rows.clamp(min=0)] * (rows >= 0)[:, None]
        losses = {"family": -(families * logits.log_softmax(1)).sum(1).sum() / families.sum().clamp(min=1),
                  "speed": ((speed - batch.speed).square() * known).mean(),
                  "weights": weight_loss(weights[:, 0].float(), batch)}
        if kept is not None:
            losses["kept"] = kept
        if query is not None:
            losses["named"] = F.cross_entropy(query.float() @ self.prototypes.T, self.members[named[named >= 0]])
        if (rows >= 0).any():
            taught = self.embeddings[rows[rows >= 0]]
            losses["sentence"] = (1 - F.cosine_similarity(sentence[rows >= 0], taught)).mean()
        return losses

    def run(self) -> None:
        loader = iter(DataLoader(self.batches, batch_size=None, num_workers=self.arguments.processes))
        start, step, sums = time.time(), 0, {}
        scale = {"family": 1.0, "speed": 0.3, "weights": 1.0, "sentence": 2.0, "named": 0.3, "kept": 0.5}
        while (elapsed := time.time() - start) < 60 * self.arguments.minutes:
            progress = elapsed / 60 / self.arguments.minutes
            factor = linear_factor(progress, step)
            for group in self.optimiser.param_groups:
                group["lr"] = self.arguments.rate * factor * group["base"] * (step >= group["first"])
            losses = self.losses(*next(loader), short=progress < SHORT_UNTIL)
            descend(sum(scale[name] * loss for name, loss in losses.items()), self.optimiser, self.parameters)
            step += 1
            for name, loss in losses.items():
                sums[name] = sums.get(name, 0.0) + loss.detach() / 100
            if step % 100 == 0:
                print(f"step {step} {elapsed:.0f} s " + " ".join(f"{name} {float(value):.3f}" for name, value in sums.items()), flush=True)
                sums = {}
        self.save()

    def save(self) -> None:
        state = {k: v for k, v in self.model.state_dict().items() if k.startswith(WORD_PARTS)}
        save_file({k: v.cpu().contiguous().clone() for k, v in state.items()}, self.arguments.run / "words.safetensors")
        save_file({k: v.cpu().contiguous().clone() for k, v in self.reader.state_dict().items()}, self.arguments.run / "heads.safetensors")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder with tokenizer/; words.safetensors goes there")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--wordnet", type=Path, help="WordNet's index files (Debian's wordnet-base): words beyond the grammar")
    parser.add_argument("--words", type=Path, help="English words, one a line (Debian's wamerican): which of WordNet's are everyday ones")
    parser.add_argument("--taught", type=int, default=60000, help="texts with a teacher's sentence embedding; 0 does without teacher")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--dropout", type=float, default=0.1, help="of the numbers of a token's embedding, and of the bag before it is read")
    parser.add_argument("--changes", type=int, default=1, help="of each written sentence, where there is a tutor")
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--initial", type=Path, help="a model folder to go on from, for whose masks the words shall stay readable")
    parser.add_argument("--resume", action="store_true", help="go on from the run's words.safetensors")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--processes", type=int, default=0, help="that draw captions; 0: the training one itself")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def main() -> None:
    arguments = parser().parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    WordsTrainer(arguments).run()


if __name__ == "__main__":
    main()
