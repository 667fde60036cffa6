"""What the words learn from: captions and texts, and batches of them.

Four sorts of texts are taught, beside the captions that are drawn afresh: captions of the grammar and ones with words outside of it, the written
sentences, captions of subjects by the content encoder's names, and, where a tutor says what they mean, written sentences with words replaced and
WordNet's definitions and examples.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from ..data.image_network import Concepts
from ..model.tokenizer import Tokenizer
from ..simulator.caption import Caption
from .caption_source import FAMILIES, Batch, CaptionSource, Sample
from .neighbours import Neighbours
from .vocabulary import usages

GRAMMAR_SHARE = 0.5  # of the taught texts
NAMED_SHARE = 0.25  # of the fresh captions, where there are names
GROUPS = 8  # batches that are drawn together, so that each is of texts of about the same length


def taught_samples(source: CaptionSource, count: int, cache: Path | None = None) -> list[Sample]:
    """The texts whose sentence embedding is known: captions of the grammar and captions with words outside of it.

    ``cache`` keeps them with their meaning, since the embeddings take minutes and the grammar may change meanwhile.
    """
    if cache is not None and cache.exists():
        return [Sample(Caption(*caption), families) for *caption, families in json.loads(cache.read_text(encoding="utf-8"))][:count]
    samples = [source.draw() if index < count * GRAMMAR_SHARE or not source.vocabulary.verbs else source.outside() for index in range(count)]
    if cache is not None:
        rows = [(str(s.caption), s.caption.motion_words, s.caption.place_words, s.caption.speed, s.families) for s in samples]
        cache.write_text(json.dumps(rows), encoding="utf-8")
    return samples


def sentence_samples(nouns: list[str]) -> list[Sample]:
    """The written sentences that are trained on, each about once."""
    source = CaptionSource(nouns, 78, share=1.0)
    return [source.draw(index) for index, name in enumerate(FAMILIES) for _ in source.grammar.sentences[name]]


def changed_samples(written: list[Sample], changes: int, neighbours: Neighbours) -> list[Sample]:
    """Written sentences with words replaced, each ``changes`` times; which words say the motion is not known of them."""
    rng = random.Random(80)
    return [Sample(Caption(neighbours.changed(str(sample.caption), rng)), []) for sample in written for _ in range(changes)]


def usage_samples(wordnet: Path) -> list[Sample]:
    """WordNet's definitions of verbs and its examples: words in the company that they keep."""
    return [Sample(Caption(text), []) for text in usages(wordnet)]


def named_samples(names: list[str]) -> list[Sample]:
    """Captions of subjects by the names of the content encoder's classes and kinds (``data.image_network``), each twice."""
    source = CaptionSource(names, 79)
    return [source.subject(name) for name in names for _ in range(2)]


class WordBatches(IterableDataset):
    """Without end: batches of fresh captions and taught texts, the rows of the taught ones in ``taught``, and of the names in ``concepts`` (-1: none).

    Several processes of a ``DataLoader`` draw different ones."""

    def __init__(self, source: CaptionSource, taught: list[Sample], tokenizer: Tokenizer, concepts: Concepts | None, size: int):
        self.source, self.taught, self.tokenizer, self.concepts, self.size = source, taught, tokenizer, concepts, size

    def fresh(self) -> tuple[Sample, int]:
        """A caption, and the row of its name in ``concepts``."""
        rng = self.source.random
        if not self.concepts or rng.random() > NAMED_SHARE:
            return self.source.draw(), -1
        row = self.concepts.draw(rng)
        return self.source.subject(self.concepts.nouns[row]), row

    def __iter__(self) -> Iterator[tuple[Batch, Tensor, Tensor]]:
        if worker := get_worker_info():
            self.source.random.seed(worker.seed)
        rng, count = self.source.random, self.size * GROUPS
        while True:
            drawn = [(sample, -1, concept) for sample, concept in (self.fresh() for _ in range(count // (2 if self.taught else 1)))]
            rows = rng.sample(range(len(self.taught)), count - len(drawn)) if self.taught else []
            drawn += [(self.taught[row], row, -1) for row in rows]
            drawn.sort(key=lambda pair: len(pair[0].caption))
            groups = [drawn[start:start + self.size] for start in range(0, count, self.size)]
            rng.shuffle(groups)
            for group in groups:
                samples, rows, named = zip(*group)
                yield Batch.of(list(samples), self.tokenizer), torch.tensor(rows), torch.tensor(named)
