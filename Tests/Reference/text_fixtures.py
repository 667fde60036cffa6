"""Writes Tests/Fixtures/text: a small CLIP vocabulary, token ids, text encoder and re-weighting outputs.

Run by hand with torch, transformers and tokenizers installed:  python Tests/Reference/text_fixtures.py
Versions and seed are written into the files. The references are transformers' CLIPTokenizer and CLIPTextModel, and a
torch transcription of the paper's section 3.4.
"""

import json
import random
import unicodedata
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, normalizers, pre_tokenizers, trainers, Regex
from tokenizers.models import BPE
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests" / "Fixtures" / "text"
SEED = 20231205

PROMPTS = """hair flying in the wind; the panda is eating bamboo; the minion is jumping; the candles burn fast
pouring water into the glass; the fire is burning; camera from right to left; camera turns around; camera zooms in
snowflakes falling; wind blows the sunflowers; fireworks bloom in the sky; the man smiles; the man gives a thumbs-up
the man is drinking beer; dancing happily; practicing Tai Chi; the little yellow baby dinosaur is waving its hand
the volcano emits thick smoke from its crater; lightning and thunder in the night sky; dew dripping from the leaves
it's the dog's tail, they're running, we've seen it, I'm here, he'll come, she'd gone, don't stop, isn't, can't
smoke rises slowly, clouds drift to the left, waves roll onto the beach, the boat rocks gently, leaves fall in autumn
the car drives away, a bird flaps its wings, the flag waves, rain falls, the river flows, grass sways, stars twinkle
caf\u00e9 na\u00efve \u00fcber stra\u00dfe ma\u00f1ana gar\u00e7on \u0441\u043d\u0435\u0433 \u0438\u0434\u0451\u0442 \u6c34\u304c\u6d41\u308c\u308b \u706b \u98a8 1234567890 100% 3.5"""


def make_tokenizer(lines=PROMPTS.splitlines() * 3, size=1400, folder=FOLDER, limit=None):
    """Trains a vocabulary of about ``size`` in CLIP's layout: 256 bytes, 256 final bytes, merges, two marks; at most ``limit``."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    codes = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    base = [chr(c) for c in codes] + [chr(256 + n) for n in range(256 - len(codes))]
    assert set(base) == set(alphabet)
    trained = Tokenizer(BPE(end_of_word_suffix="</w>"))
    trained.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    trained.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(
            Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=sorted(alphabet), end_of_word_suffix="</w>", show_progress=False)
    trained.train_from_iterator(lines, trainer)
    merges = [tuple(m) for m in json.loads(trained.to_str())["model"]["merges"]]
    symbols = base + [b + "</w>" for b in base]
    kept, known = [], set(symbols)
    for left, right in merges:
        if left + right not in known and (limit is None or len(symbols) + 2 < limit):
            symbols.append(left + right)
            known.add(left + right)
            kept.append((left, right))
    symbols += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {symbol: index for index, symbol in enumerate(symbols)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2"] + [f"{left} {right}" for left, right in kept]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return CLIPTokenizer(vocab=vocabulary, merges=kept, model_max_length=77)


def tricky_strings(rng):
    fixed = [
        "", " ", "\n\t  \r\n", "a", "A", "  leading and trailing  ", "hello,world", "HELLO World!!", "it's I'M we'RE you'Ve",
        "'s", "''s", "'S", "rock'n'roll", "don\u2019t", "they'll'd've", "'", "''", "'re're", "s's", "o'reilly'd",
        "1234567890", "3.14159", "a1b2c3", "\u00bd\u00b2\u2167\u0967\u0968", "\u2460\u3007", "100% sure", "50-50", "#1 @home $5",
        "<|startoftext|>", "<|endoftext|>", "a<|endoftext|>b", "<|ENDOFTEXT|>", "x<|STARTOFTEXT|>!!y", "!!<|StartOfText|>!!",
        "<|endoftext|><|endoftext|>", "<|endoftext", "<|endoftext|", "e<|endoftext|>\u0301", "<|endoftext|>\u0338",
        " <|startoftext|> wind <|endoftext|> fire ", "<<|endoftext|>>",
        "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f1eb\U0001f1f7",
        "\u2764\ufe0f fire \U0001f525!", "\U0001f44d\U0001f3fd up",
        "cafe\u0301", "caf\u00e9", "A\u030angstro\u0308m", "\u212b\u2126\u212a", "e\u0323\u0307 e\u0307\u0323", "\u0301start", " \u0301 ", "a\u0300\u0301\u0302\u0303",
        "\u1100\u1161\u11a8", "\uac01", "\ud55c\uad6d\uc5b4", "\u6c34\u304c\u6d41\u308c\u308b", "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\uff21\uff22\uff23 \uff11\uff12\uff13",
        "\u304b\u3099", "\u30ac", "\u0915\u093c", "\u0958", "\u05d0\u05b7\u05d1", "\u0645\u0631\u062d\u0628\u0627 \u0661\u0662", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        "\u0130stanbul I\u0307 \u0131", "\u03a3\u03a3 \u039f\u0394\u039f\u03a3", "STRA\u1e9eE \u00df", "\u01c5 \u01c4", "\ufb01 \ufb03", "\u1e9e", "\u0149", "\u01f0",
        "\u00a0nbsp\u00a0x", "a\u2003b\u2009c\u3000d", "a\u200bb\ufeffc", "\u0085x\u2028y\u2029z", "\u1680\u180ex", "\x1cfs\x1dgs\x1ers\x1fus", "\x00nul\x01\x7f",
        "\ud7ff \ue000 \ufffd \uffff \U0010ffff", "\u2000\u2001x", "\u0344 \u0374 \u037e \u0387", "\u2adc \U0001d15e \ufb2a",
        "tab\tnewline\nreturn\rform\x0cvertical\x0bend", "...", "!?!?", "--", "a--b", "a_b __init__", "C++ c# .net", "http://x.y/z?a=b&c=d",
        "\"quoted\" 'single' `back`", "(parens) [brackets] {braces}", "back\\slash / slash", "100\u20ac \u00a35 \u00a5", "\u00ab\u00bb\u201c\u201d\u2018\u2019\u2026\u2014",
        "thumbs-up", "the man gives a thumbs-up.", "camera zooms in, slowly...", "mr. o'neil's dog's tail", "x" * 300, "ab" * 200, "the " * 100,
        "wind" * 50, "9" * 100, "!" * 200, "\u6c34" * 60, "\U0001f525" * 40, "the wind " + "z" * 500 + " blows",
    ]
    fixed += [p.strip() for line in PROMPTS.splitlines() for p in line.split(";")]
    words = PROMPTS.split()
    for _ in range(60):
        fixed.append(" ".join(rng.choices(words, k=rng.randint(1, 30))))
    pools = [(0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xA00), (0x1E00, 0x2100),
             (0x2000, 0x2C00), (0x3000, 0x3100), (0x4E00, 0x5000), (0xAC00, 0xAE00), (0x1F300, 0x1F700), (0xF900, 0xFB50)]
    while len(fixed) < 400:
        text = ""
        for _ in range(rng.randint(1, 40)):
            low, high = rng.choice(pools)
            character = chr(rng.randrange(low, high))
            # Characters that younger Unicode versions added may be cut differently; everything older is settled.
            if unicodedata.category(character) != "Cn":
                text += character
        fixed.append(text)
    return fixed


def tokenizer_fixture():
    tokenizer = make_tokenizer()
    rng = random.Random(SEED)
    cases = []
    for text in tricky_strings(rng):
        for length in (77, 16):
            ids = tokenizer(text, padding="max_length", truncation=True, max_length=length)["input_ids"]
            assert len(ids) == length
            end = length
            while end > 1 and ids[end - 1] == ids[end - 2] == tokenizer.eos_token_id:
                end -= 1
            cases.append({"text": text, "length": length, "ids": ids[:end]})
            if len(tokenizer(text)["input_ids"]) <= 16:
                break
    document = {"transformers": transformers.__version__, "seed": SEED, "cases": cases}
    (FOLDER / "token_ids.json").write_text(json.dumps(document, ensure_ascii=True, separators=(",", ":")))
    print(len(cases), "token cases,", len(tokenizer), "symbols")
    return tokenizer


def randomise(module, generator):
    for name, parameter in module.named_parameters():
        with torch.no_grad():
            noise = torch.randn(parameter.shape, generator=generator)
            is_gain = name.endswith("weight") and parameter.dim() == 1
            scale = 0.2 if parameter.dim() == 1 else 1.0 / parameter.shape[-1] ** 0.5
            parameter.copy_(noise * scale + (1.0 if is_gain else 0.0))


def text_encoder_fixture(generator):
    config = CLIPTextConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=12, hidden_act="quick_gelu", layer_norm_eps=1e-5, bos_token_id=58, eos_token_id=59,
        pad_token_id=59)
    model = CLIPTextModel(config).eval()
    randomise(model, generator)
    state = {k.removeprefix("text_model."): v.contiguous() for k, v in model.state_dict().items() if "position_ids" not in k}
    ids = torch.tensor([[58, 3, 17, 4, 4, 29, 59, 59, 59, 59, 59, 59], [58] + [7, 8, 9, 10, 11, 12, 13, 14, 15, 16] + [59]])
    with torch.no_grad():
        output = model(input_ids=ids).last_hidden_state
    save_file(state, FOLDER / "text_encoder.safetensors")
    save_file({k: v.half() for k, v in state.items()}, FOLDER / "text_encoder_half.safetensors")
    return {"ids": ids.float(), "states": output}, output[0]


class Reweighting(torch.nn.Module):
    """Pre-norm transformer over the text states, one sigmoid weight per token and head row (paper section 3.4)."""

    def __init__(self, width, inner, layers, heads, rows, activation):
        super().__init__()
        self.layers = torch.nn.ModuleList()
        for _ in range(layers):
            layer = torch.nn.Module()
            layer.self_attn = torch.nn.Module()
            for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                setattr(layer.self_attn, name, torch.nn.Linear(width, width))
            layer.layer_norm1 = torch.nn.LayerNorm(width, eps=1e-5)
            layer.layer_norm2 = torch.nn.LayerNorm(width, eps=1e-5)
            layer.mlp = torch.nn.Module()
            layer.mlp.fc1 = torch.nn.Linear(width, inner)
            layer.mlp.fc2 = torch.nn.Linear(inner, width)
            self.layers.append(layer)
        self.head = torch.nn.Linear(width, rows)
        self.heads = heads
        self.activation = activation

    def weights(self, states):  # [L, D] -> [rows, L]
        x = states
        length, width = x.shape
        for layer in self.layers:
            y = layer.layer_norm1(x)
            q, k, v = (getattr(layer.self_attn, n)(y).view(length, self.heads, -1).transpose(0, 1)
                       for n in ("q_proj", "k_proj", "v_proj"))
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(length, width)
            x = x + layer.self_attn.out_proj(y)
            x = x + layer.mlp.fc2(self.activation(layer.mlp.fc1(layer.layer_norm2(x))))
        return torch.sigmoid(self.head(x)).T

    def forward(self, states, frames, valid):
        rows = self.weights(states)
        per_frame = []
        for n in range(frames):
            position = n * (rows.shape[0] - 1) / (frames - 1) if frames > 1 else 0.0
            low = min(int(position), rows.shape[0] - 1)
            high = min(low + 1, rows.shape[0] - 1)
            per_frame.append(rows[low] + (rows[high] - rows[low]) * (position - low))
        weights = torch.stack(per_frame)  # [F, L]
        weighted = weights[:, :, None] * states[None]
        return weights, weighted, weighted[:, :valid].sum(1) / valid


def reweighting_fixture(states, generator):
    cases = {}
    for name, rows, activation in (("one", 1, torch.nn.functional.gelu), ("five", 5, torch.nn.functional.relu)):
        module = Reweighting(32, 40, 2, 4, rows, activation).eval()
        randomise(module, generator)
        save_file({k: v.contiguous() for k, v in module.state_dict().items()}, FOLDER / f"reweighting_{name}.safetensors")
        for frames in (1, 3, 5, 16):
            with torch.no_grad():
                weights, weighted, bag = module(states, frames, 7)
            cases |= {f"{name}.{frames}.weights": weights, f"{name}.{frames}.states": weighted, f"{name}.{frames}.bag": bag}
    return cases


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokenizer_fixture()
    generator = torch.Generator().manual_seed(SEED)
    cases, states = text_encoder_fixture(generator)
    cases |= reweighting_fixture(states.clone(), generator)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "seed": str(SEED)}
    save_file({k: v.contiguous() for k, v in cases.items()}, FOLDER / "text_cases.safetensors", metadata=versions)


if __name__ == "__main__":
    main()
