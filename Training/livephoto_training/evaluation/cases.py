"""What is asked of a generator: photos it has never seen, in words it has never read."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ..simulator import families as f
from ..simulator.banks import StampBank
from ..simulator.grammar import Grammar
from ..simulator.plan import Stamp
from ..simulator.render import Pixels, paste, stamp_image

PHOTO_TYPES = {".jpg", ".jpeg", ".png"}

GROUPS = {"camera": list(f.CAMERA), "subject": list(f.SUBJECT), "nature": list(f.NATURE), "light": list(f.LIGHT), "content": list(f.CONTENT),
          "still": ["still"]}


@dataclass
class Photo:
    name: str
    pixels: np.ndarray  # uint8 [H, W, 3]
    noun: str | None = None  # what its subject is called
    mask: np.ndarray | None = None  # float [H, W]: where the subject is


@dataclass
class Case:
    photo: Photo
    family: str
    prompt: str
    level: float
    seed: int
    purpose: str = "motion"  # or "levels"


def load_photos(folder: Path, side: int = 256, names: set[str] | None = None) -> list[Photo]:
    """All photographs of a folder, short side at most ``side``.

    ``subjects.json`` in the folder, {"stem": "noun"}, names what is in them; ``STEM.mask.png`` beside a photo marks where.
    """
    subjects = folder / "subjects.json"
    nouns = json.loads(subjects.read_text()) if subjects.exists() else {}
    photos = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PHOTO_TYPES or path.name.endswith(".mask.png") or (names and path.stem not in names):
            continue
        image = Image.open(path).convert("RGB")
        scale = min(1.0, side / min(image.size))
        size = tuple(max(16, round(length * scale)) for length in image.size)
        image = image.resize(size, Image.LANCZOS) if size != image.size else image
        mask_path = path.with_suffix("").with_suffix(".mask.png")
        mask = np.asarray(Image.open(mask_path).convert("L").resize(image.size), np.float32) / 255 if mask_path.exists() else None
        photos.append(Photo(path.stem, np.asarray(image), nouns.get(path.stem), mask))
    if not photos:
        raise FileNotFoundError(f"no photographs in {folder}")
    return photos


def with_subject(photo: Photo, stamps: StampBank, rng: np.random.Generator) -> Photo:
    """A photo with a cut-out standing in it, whose place is known exactly."""
    index = int(rng.integers(len(stamps)))
    pixels = stamps.stamps[index]
    height, width = photo.pixels.shape[:2]
    grid = Pixels(height, width, torch.device("cpu"))
    shape = pixels.shape[1] / pixels.shape[0]
    size = min(rng.uniform(0.35, 0.55), 0.6 / shape)
    stamp = Stamp(index, (rng.uniform(-0.15, 0.15), rng.uniform(-0.02, 0.2)), size)
    image = stamp_image(stamp, pixels, grid.unit)
    picture = torch.from_numpy(photo.pixels.copy()).permute(2, 0, 1).float() / 255
    mask = torch.zeros(4, height, width)
    paste(picture, image, stamp, grid)
    paste(mask, image, stamp, grid)
    out = (picture.clamp(0, 1) * 255 + 0.5).byte().permute(1, 2, 0).numpy()
    return Photo(f"{photo.name}+{stamps.nouns[index].replace(' ', '-')}", out, stamps.nouns[index], mask[3].numpy())


def motion_cases(photos: list[Photo], per_family: int = 4, level: float = 6, families: list[str] | None = None, stamps: StampBank | None = None,
                 seed: int = 1, split: str = "eval") -> list[Case]:
    """``per_family`` cases of each family, going round the photos; subject families take photos with a cut-out where ``stamps`` are given."""
    grammar, words, rng = Grammar(split), random.Random(seed), np.random.default_rng(seed)
    cases = []
    for place, family in enumerate(families or list(f.FAMILIES)):
        for index in range(per_family):
            photo = photos[(place + index) % len(photos)]
            if family in f.SUBJECT and stamps is not None and len(stamps):
                photo = with_subject(photo, stamps, rng)
            # No adverb of speed: strength one half draws none but neutral ones, and the level alone speaks.
            prompt = grammar.caption(family, words, photo.noun, 0.5)
            cases.append(Case(photo, family, prompt, level, seed * 1000 + place * 16 + index))
    return cases


LEVEL_PROMPTS = {"pan_right": "the camera pans to the right", "zoom_in": "the camera zooms in", "wind": "the trees sway in the wind",
                 "shake": "the camera shakes", "snow": "it is snowing", "jump": "it jumps"}


def level_cases(photos: list[Photo], levels: tuple[float, ...] = (1, 3, 5, 7, 10), count: int = 2, seed: int = 1,
                families: list[str] | None = None) -> list[Case]:
    """The same photo, words and seed at several levels."""
    return [Case(photo, family, prompt, level, seed, "levels") for family, prompt in LEVEL_PROMPTS.items() if not families or family in families
            for photo in photos[:count] for level in levels]
