"""CLIP's byte-level byte-pair tokenizer over ``vocab.json`` and ``merges.txt``, and the training of a small one.

The same steps as the Swift tokenizer: lower case, white space to single blanks, words by CLIP's pattern, bytes to printable characters,
then merges by rank with ``</w>`` at a word's end.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Iterable

import regex
import torch
from torch import Tensor

WORD_PATTERN = regex.compile(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
BOS, EOS, END = "<|startoftext|>", "<|endoftext|>", "</w>"


def byte_characters() -> dict[int, str]:
    """GPT-2's printable character for every byte."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    characters, spare = {byte: chr(byte) for byte in plain}, 0
    for byte in range(256):
        if byte not in characters:
            characters[byte] = chr(256 + spare)
            spare += 1
    return characters


BYTES = byte_characters()
#: The order in which the 256 characters open the vocabulary (CLIP's: printable bytes first).
ALPHABET = [BYTES[b] for b in (*range(33, 127), *range(161, 173), *range(174, 256), *range(0, 33), *range(127, 161), 173)]


def words_of(text: str) -> list[str]:
    """A text's words as byte characters, without the end mark."""
    text = regex.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).lower()
    return ["".join(BYTES[b] for b in word.encode("utf-8")) for word in WORD_PATTERN.findall(text)]


class Tokenizer:
    """Text to ids: BOS, tokens, EOS, then EOS up to the length; the last but one id is BOS, the last EOS."""

    def __init__(self, vocabulary: dict[str, int], merges: list[tuple[str, str]], max_length: int):
        self.vocabulary, self.max_length = vocabulary, max_length
        self.merges = merges
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.bos, self.eos = vocabulary[BOS], vocabulary[EOS]
        self.cache: dict[str, list[int]] = {}

    def word_ids(self, word: str) -> list[int]:
        """The tokens of one word in byte characters."""
        if word in self.cache:
            return self.cache[word]
        parts = [*word[:-1], word[-1] + END]
        while len(parts) > 1:
            rank, at = min((self.ranks.get(pair, 1 << 30), i) for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == 1 << 30:
                break
            pair, merged, i = (parts[at], parts[at + 1]), [], 0
            while i < len(parts):
                if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
                    merged.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    merged.append(parts[i])
                    i += 1
            parts = merged
        self.cache[word] = [self.vocabulary[part] for part in parts]
        return self.cache[word]

    def encode(self, text: str) -> list[int]:
        """Exactly ``max_length`` ids; a longer text is cut, EOS stays."""
        special = {"".join(BYTES[b] for b in name.encode()): self.vocabulary[name] for name in (BOS, EOS)}
        ids = [i for word in words_of(text) for i in ([special[word]] if word in special else self.word_ids(word))]
        ids = [self.bos, *ids[:self.max_length - 2], self.eos]
        return ids + [self.eos] * (self.max_length - len(ids))

    def batch(self, texts: list[str]) -> Tensor:
        """Ids [B, L]."""
        return torch.tensor([self.encode(text) for text in texts])

    def save(self, folder: str | Path) -> None:
        """Write ``vocab.json`` and ``merges.txt`` in CLIP's formats."""
        Path(folder, "vocab.json").write_text(json.dumps(self.vocabulary, ensure_ascii=False) + "\n", encoding="utf-8")
        lines = ["#version: 0.2", *(f"{a} {b}" for a, b in self.merges)]
        Path(folder, "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: str | Path, max_length: int) -> "Tokenizer":
        vocabulary = json.loads(Path(folder, "vocab.json").read_text(encoding="utf-8"))
        lines = Path(folder, "merges.txt").read_text(encoding="utf-8").split("\n")
        merges = [tuple(line.split(" ")) for line in lines if line and not line.startswith("#version")]
        return Tokenizer(vocabulary, merges, max_length)


def train_merges(words: Counter[str], count: int) -> list[tuple[str, str]]:
    """The ``count`` best merges for weighted words; ties fall to the alphabetically first pair, so the result is reproducible."""
    sequences = [([*word[:-1], word[-1] + END], weight) for word, weight in sorted(words.items()) if word]
    pairs: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], set[int]] = {}
    for index, (parts, weight) in enumerate(sequences):
        for pair in zip(parts, parts[1:]):
            pairs[pair] += weight
            places.setdefault(pair, set()).add(index)
    merges: list[tuple[str, str]] = []
    while len(merges) < count and pairs:
        best = max(pairs.values())
        pair = min(p for p, v in pairs.items() if v == best)
        merges.append(pair)
        for index in sorted(places.pop(pair)):
            parts, weight = sequences[index]
            for old in zip(parts, parts[1:]):
                pairs[old] -= weight
            i = 0
            while i + 1 < len(parts):
                if (parts[i], parts[i + 1]) == pair:
                    parts[i:i + 2] = [parts[i] + parts[i + 1]]
                i += 1
            for new in zip(parts, parts[1:]):
                pairs[new] += weight
                places.setdefault(new, set()).add(index)
        pairs.pop(pair, None)
        for empty in [p for p, v in pairs.items() if v <= 0]:
            pairs.pop(empty)
    return merges


def train_tokenizer(texts: Iterable[str], word_list: Iterable[str], vocabulary_size: int, max_length: int,
                    text_weight: int = 50) -> Tokenizer:
    """A tokenizer of a given size: ``texts`` (what the model is trained on) count ``text_weight`` times a word of ``word_list``."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update({word: text_weight for word in words_of(text)})
    for entry in word_list:
        words.update(words_of(entry))
    merges = train_merges(words, vocabulary_size - 2 * len(ALPHABET) - 2)
    tokens = [*ALPHABET, *(c + END for c in ALPHABET), *(a + b for a, b in merges), BOS, EOS]
    return Tokenizer({token: i for i, token in enumerate(tokens)}, merges, max_length)
