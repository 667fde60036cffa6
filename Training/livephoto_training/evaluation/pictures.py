"""The photographs, cut-outs and composites that a generator is tested on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from ..data.prepare import HELD_OUT
from ..data.regions import load_labels, photo_regions
from ..simulator.banks import StampBank

PHOTO_TYPES = {".jpg", ".jpeg", ".png"}

#: Other names of held-out photographs.
ALSO_HELD_OUT = {"cat"}

#: Which kinds of stuff (``data/regions.py``) a nature family moves.
STUFF = {
    "wind": ("foliage", "grass", "flowers", "hair", "cloth"), "water": ("water", "sea"), "waves": ("sea", "water"), "clouds_left": ("clouds",),
    "clouds_right": ("clouds",), "drift_up": ("smoke",),
}

#: A cup of coffee has ripples, but no waves: least share of the picture.
LEAST_SEA = 0.1


@dataclass
class Photo:
    name: str
    pixels: np.ndarray  # uint8 [H, W, 3], even sides
    noun: str | None = None  # what its object is called
    mask: np.ndarray | None = None  # float [H, W]: where that is
    other: np.ndarray | None = None  # float [H, W]: where the object is that nobody speaks of
    region: np.ndarray | None = None  # float [H, W]: where the stuff is that shall move
    stuff: tuple[str, ...] = field(default=())  # what that is called


@dataclass
class Cutout:
    pixels: np.ndarray  # uint8 RGBA [h, w, 4]
    noun: str


def load_photos(folders: list[Path], side: int = 256, any_photo: bool = False) -> list[Photo]:
    """Photographs kept out of training, short side at most ``side``. ``any_photo``: believe that the folders hold no others."""
    photos = []
    for path in sorted(path for folder in folders for path in Path(folder).iterdir()):
        if path.suffix.lower() not in PHOTO_TYPES or not (any_photo or path.stem in ALSO_HELD_OUT or path.stem in HELD_OUT):
            continue
        image = Image.open(path).convert("RGB")
        scale = min(1.0, side / min(image.size))
        size = tuple(max(16, round(length * scale / 2) * 2) for length in image.size)
        photos.append(Photo(path.stem, np.asarray(image.resize(size, Image.LANCZOS) if size != image.size else image)))
    if not photos:
        raise FileNotFoundError(f"no photographs kept out of training in {', '.join(map(str, folders))}")
    return photos


def load_cutouts(path: Path) -> list[Cutout]:
    """Cut-outs of the evaluation split; none where the file is missing. Things with next to no texture cannot be followed and are left out."""
    if not path.exists():
        return []
    bank = StampBank.load(path, "eval")
    cutouts = [Cutout(pixels, noun) for pixels, noun in zip(bank.stamps, bank.nouns)]
    return [cutout for cutout in cutouts if cutout.pixels[cutout.pixels[..., 3] > 128, :3].astype(float).std(0).mean() > 18]


def paste(size: tuple[int, int], cutout: Cutout, middle: tuple[float, float], tall: float) -> tuple[np.ndarray, np.ndarray]:
    """A cut-out on an empty picture: premultiplied RGBA [H, W, 4] in [0, 1] and its mask [H, W].

    ``middle`` in short sides from the picture's middle, ``tall`` its height in short sides (less if it would be too wide).
    """
    height, width = size
    unit = min(size)
    shape = cutout.pixels.shape[1] / cutout.pixels.shape[0]
    tall = min(tall, 0.6 / shape)
    wide_px, tall_px = max(4, round(tall * shape * unit)), max(4, round(tall * unit))
    image = np.asarray(Image.fromarray(cutout.pixels).resize((wide_px, tall_px), Image.LANCZOS), np.float32) / 255
    image = np.concatenate([image[..., :3] * image[..., 3:], image[..., 3:]], -1)
    left, top = round(width / 2 + middle[0] * unit - wide_px / 2), round(height / 2 + middle[1] * unit - tall_px / 2)
    layer = np.zeros((height, width, 4), np.float32)
    y0, y1, x0, x1 = max(top, 0), min(top + tall_px, height), max(left, 0), min(left + wide_px, width)
    layer[y0:y1, x0:x1] = image[y0 - top:y1 - top, x0 - left:x1 - left]
    return layer, layer[..., 3].copy()


def composite(photo: Photo, cutouts: list[Cutout], rng: np.random.Generator, two: bool = False) -> Photo:
    """A photo with one cut-out standing in it, or two side by side of which the first is the one that is named."""
    picks = rng.choice(len(cutouts), 2, replace=False)
    size = photo.pixels.shape[:2]
    aside = rng.uniform(0.3, 0.42) * rng.choice([-1, 1]) * max(1.0, 0.9 * size[1] / size[0])
    places = [(aside, 0.08), (-aside, 0.08)] if two else [(rng.uniform(-0.15, 0.15), rng.uniform(-0.02, 0.15))]
    pixels, masks = photo.pixels.astype(np.float32) / 255, []
    for pick, place in zip(picks, places):
        layer, mask = paste(size, cutouts[pick], place, rng.uniform(0.34, 0.44) if two else rng.uniform(0.38, 0.52))
        pixels = pixels * (1 - layer[..., 3:]) + layer[..., :3]
        masks.append(mask)
    named = cutouts[picks[0]].noun
    name = f"{photo.name}+{named.replace(' ', '-')}" + (f"+{cutouts[picks[1]].noun.replace(' ', '-')}" if two else "")
    return Photo(name, (pixels.clip(0, 1) * 255 + 0.5).astype(np.uint8), named, masks[0], masks[1] if two else None)


def with_stuff(photo: Photo, family: str) -> list[Photo]:
    """The photo with the region of each stuff that a nature family moves, by the hand-made labels of held-out photographs; none if it has none."""
    regions = photo_regions(photo.pixels, load_labels(held_out=True).get(photo.name, {}))
    found = []
    for region in regions:
        if region.kind in STUFF[family] and (family != "waves" or region.mask.mean() > LEAST_SEA):
            # "the clouds" are what drifts, "the waves" what rolls, whatever else their place is called.
            names = sorted((name.removeprefix("the ") for name in region.names), key=lambda name: family.split("_")[0] not in name)
            found.append(Photo(photo.name, photo.pixels, photo.noun, region=region.mask.astype(np.float32), stuff=tuple(names)))
    return found
