"""Write a model folder: configuration, tokenizer, one safetensors file per network, model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch

from ..model.configuration import Configuration
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer


def write_folder(model: LivePhotoModel, tokenizer: Tokenizer, folder: Path, dtype: torch.dtype = torch.float16, card: str | None = None) -> None:
    """Everything the engine needs, in the layout of Models/FORMAT.md."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save(folder / "config.json")
    tokenizer.save(folder)
    model.save_networks(folder, dtype)
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")


def with_edges(config: Configuration, levels: Path | None) -> Configuration:
    """The configuration with the intensity edges that were measured at the size users' clips are measured at."""
    values = config.as_dict()
    if levels is not None and levels.exists():
        values["intensity"]["edges"] = [round(edge, 6) for edge in json.loads(levels.read_text())["measure"]["edges"]]
    return Configuration(values)


def size_of(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
