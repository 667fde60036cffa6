"""Compares the engine's tokenizer with transformers' CLIPTokenizer on many random strings.

    python Tests/Reference/tokenizer_compare.py [--count 10000] [--seed 1] [--model FOLDER]

Without --model the vocabulary is trained here, in CLIP's layout and of its size (49,408 entries), on the text of this repository and of
Python's own library. Writes vocab.json, merges.txt and token_ids.json into a scratch folder and runs the Swift test that reads them
(`swift test --filter BPECorpusTests`, which the environment variable LIVEPHOTO_TOKENIZER_CORPUS turns on). Needs transformers, tokenizers.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import sysconfig
import tempfile
import unicodedata

import transformers
from transformers import CLIPTokenizer

import text_fixtures

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZE, LENGTH = 49408, 77
POOLS = [
    (0x20, 0x7F), (0x20, 0x7F), (0xA0, 0x250), (0x250, 0x300), (0x300, 0x370), (0x370, 0x530), (0x530, 0x590), (0x590, 0x700),
    (0x900, 0xE00), (0xE00, 0x1200), (0x1E00, 0x2100), (0x2000, 0x2C00), (0x3000, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A4),
    (0xF900, 0xFB50), (0xFE00, 0xFFF0), (0x1D400, 0x1D800), (0x1F300, 0x1F700), (0x20000, 0x20100), (0xE0020, 0xE0080),
]
EMOJI = ["\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1eb\U0001f1f7", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f525"]
CONTRACTIONS = ["it's", "I'M", "we're", "they've", "he'd", "she'll", "don't", "'tis", "o'clock", "y'all'd've", "'s", "''re", "\u2019s"]


def corpus():
    """Lines of prose and code to train on."""
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py"))[:1200] + sorted(ROOT.glob("**/*.md")):
        if ".build" not in path.parts:
            yield from path.read_text(encoding="utf-8", errors="ignore").splitlines()


def strings(count, seed):
    """Prose, contractions, emoji, numbers, marks, characters of all scripts, very long words, in any mixture."""
    rng = random.Random(seed)
    words = text_fixtures.PROMPTS.split()
    yield from text_fixtures.tricky_strings(random.Random(seed))[:count]
    produced = len(text_fixtures.tricky_strings(random.Random(seed)))

    def character():
        low, high = rng.choice(POOLS)
        found = chr(rng.randrange(low, high))
        # Characters that younger Unicode versions added may be cut differently; everything older is settled.
        return found if unicodedata.category(found) not in ("Cn", "Cs") else character()

    def piece():
        kind = rng.randrange(9)
        if kind < 3:
            word = rng.choice(words)
            return rng.choice([word, word.upper(), word.title()])
        if kind == 3:
            return rng.choice(CONTRACTIONS)
        if kind == 4:
            return rng.choice(EMOJI) * rng.randint(1, 4)
        if kind == 5:
            return str(rng.randrange(10 ** rng.randint(1, 12)))
        if kind == 6:
            return "".join(character() for _ in range(rng.randint(1, 12)))
        if kind == 7:
            return rng.choice(["<|endoftext|>", "<|startoftext|>", "...", "!?", "--", "<|", "|>", "\u00a0", "\t", "\n", "\u3000", "e\u0301"])
        return rng.choice(words)[:2] * rng.randint(1, 200)

    while produced < count:
        yield "".join(piece() + rng.choice([" ", " ", "", "  ", ", "]) for _ in range(rng.randint(1, 25)))
        produced += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=pathlib.Path, help="a folder with vocab.json and merges.txt in place of a trained vocabulary")
    parser.add_argument("--write", type=pathlib.Path, help="only write the files, into this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.write or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.model:
            vocabulary = json.loads((arguments.model / "vocab.json").read_text(encoding="utf-8"))
            lines = (arguments.model / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
            tokenizer = CLIPTokenizer(vocab=vocabulary, merges=[tuple(line.split(" ")) for line in lines if line], model_max_length=LENGTH)
            for name in ("vocab.json", "merges.txt"):
                (folder / name).write_bytes((arguments.model / name).read_bytes())
        else:
            tokenizer = text_fixtures.make_tokenizer(corpus(), SIZE, folder, SIZE)
        cases = []
        for text in strings(arguments.count, arguments.seed):
            ids = tokenizer(text, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"]
            end = LENGTH
            while end > 1 and ids[end - 1] == ids[end - 2] == tokenizer.eos_token_id:
                end -= 1
            cases.append({"text": text, "length": LENGTH, "ids": ids[:end]})
        (folder / "token_ids.json").write_text(json.dumps({"cases": cases}))
        print(f"{len(cases)} strings, {len({c['text'] for c in cases})} different, {len(tokenizer)} symbols, transformers {transformers.__version__}", flush=True)
        if not arguments.write:
            environment = {**os.environ, "LIVEPHOTO_TOKENIZER_CORPUS": str(folder)}
            sys.exit(subprocess.run(["swift", "test", "--filter", "BPECorpusTests"], cwd=ROOT, env=environment).returncode)


if __name__ == "__main__":
    main()
