"""Train a model's tokenizer on the grammar's captions, the cut-outs' nouns and an English word list.

    python -m livephoto_training.model.train_tokenizer --words words.txt --data checkpoints/data -o checkpoints/mini/tokenizer
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..simulator import Grammar
from .tokenizer import train_tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--words", type=Path, help="English words, one a line (Debian's wamerican, say)")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--captions", type=int, default=30000)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--length", type=int, default=32)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    with np.load(arguments.data / "stamps.npz") as archive:
        nouns = [str(noun) for noun in archive["nouns"]]
    words = arguments.words.read_text(encoding="utf-8").split("\n") if arguments.words else []
    texts = list(Grammar().corpus(arguments.captions, nouns))
    tokenizer = train_tokenizer(texts, (word for word in words if "'" not in word), arguments.size, arguments.length)
    arguments.output.mkdir(parents=True, exist_ok=True)
    tokenizer.save(arguments.output)
    lengths = [tokenizer.encode(text).index(tokenizer.eos) + 1 for text in texts[:3000]]
    print(f"{len(tokenizer.vocabulary)} tokens; captions have {np.mean(lengths):.1f} on average, {max(lengths)} at most")


if __name__ == "__main__":
    main()
