"""The tokenizer against transformers' CLIP tokenizer on the same files."""

import pytest

from livephoto_training.export.tiny import TEXTS, tiny_tokenizer
from livephoto_training.model.tokenizer import Tokenizer

PROMPTS = [*TEXTS, "", "  The   CAMERA\tpans\nleft!!", "it's 1234 o'clock, don't", "Zürich – naïve café", "雪が降る", "a" * 300, "fire, fire. FIRE?",
           "<|endoftext|> inside", "'s 're x'll", "emoji 🎉 here", "_under_score_ & more"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return tiny_tokenizer(640, 24)


def test_ids_equal_transformers(tokenizer, tmp_path):
    transformers = pytest.importorskip("transformers")
    tokenizer.save(tmp_path)
    theirs = transformers.CLIPTokenizer(vocab=str(tmp_path / "vocab.json"), merges=str(tmp_path / "merges.txt"))
    for prompt in PROMPTS:
        expected = theirs(prompt, truncation=True, max_length=24)["input_ids"]
        got = tokenizer.encode(prompt)
        assert len(got) == 24
        assert got[:len(expected)] == expected, prompt
        assert all(i == tokenizer.eos for i in got[len(expected) - 1:]), prompt


def test_files_come_back(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    again = Tokenizer.load(tmp_path, 24)
    assert [again.encode(p) for p in PROMPTS] == [tokenizer.encode(p) for p in PROMPTS]


def test_special_ids_end_the_vocabulary(tokenizer):
    assert (tokenizer.bos, tokenizer.eos) == (len(tokenizer.vocabulary) - 2, len(tokenizer.vocabulary) - 1)
