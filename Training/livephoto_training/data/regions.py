"""Semantic regions of photographs: what is where, from hand-made polygons.

``regions.json`` (training) and ``regions_held_out.json`` (evaluation) map the name of a photograph to its captions and regions:

    {"LadyBird": {"captions": ["a ladybird on a stem"],
                  "regions": [{"kind": "object", "name": "the ladybird|the beetle", "movable": true, "polygons": [[[0.65, 0.53], ...]]}]}}

Coordinates are fractions of width and height. A polygon is coarse: where OpenCV is installed GrabCut moves its outline to the edge in the
picture, unless the region says ``"refine": false`` (fuzzy outlines, whole pictures). ``"sure"`` holds polygons that certainly belong to a
region whose ``polygons`` only bound it, such as blades of grass before a sky.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

try:
    import cv2
except ImportError:
    cv2 = None

KINDS = ("sky", "clouds", "water", "sea", "foliage", "grass", "flowers", "hair", "cloth", "fire", "smoke", "lights", "object")

#: Kinds that others stand in front of -> those others. Where both are marked, the pixel belongs to what is in front.
IN_FRONT = {kind: {"object", "flowers"} for kind in ("foliage", "grass")}
IN_FRONT |= {kind: {"object", "flowers", "foliage", "grass"} for kind in ("sky", "clouds", "water", "sea")}


@dataclass(frozen=True)
class Region:
    """One thing or one kind of stuff in a photograph."""

    kind: str  # one of KINDS
    names: list[str]  # what people call it, the best first: "the ladybird", "the beetle"
    mask: np.ndarray  # uint8 [H, W]: 1 where it is
    movable: bool  # could jump, walk or nod: people, animals, vehicles, single things


def load_labels(held_out: bool = False) -> dict[str, dict]:
    """Name of a photograph -> {"captions": [...], "regions": [...]}, as this package's JSON files say."""
    name = "regions_held_out.json" if held_out else "regions.json"
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def filled(polygons: list, height: int, width: int) -> np.ndarray:
    """Polygons in fractions of the picture as a mask: uint8 [H, W], 1 inside."""
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    for polygon in polygons:
        draw.polygon([(x * width, y * height) for x, y in polygon], fill=1)
    return np.array(canvas)


def grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    """The mask dilated by ``pixels``; eroded where that is negative, the picture's border holding nothing back."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(pixels) + 1,) * 2)
    if pixels >= 0:
        return cv2.dilate(mask, kernel)
    return cv2.erode(mask, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=1)


def refined(photo: np.ndarray, mask: np.ndarray, sure: np.ndarray | None = None) -> np.ndarray:
    """``mask`` with its outline moved to an edge of ``photo`` (uint8 [H, W, 3]) by GrabCut; unchanged without OpenCV or if GrabCut fails.

    The outline may move by a tenth of the region's size; with ``sure`` given, everything of ``mask`` outside ``sure`` is open.
    """
    if cv2 is None or not mask.any():
        return mask
    band = int(np.clip(0.1 * np.sqrt(mask.sum()), 3, 20))
    outer = grown(mask, band)
    inner = grown(mask, -band) if sure is None else sure & mask
    if not inner.any() or outer.all():
        return mask
    # Colours of the near surroundings tell more than those of the far ones, and a crop is faster.
    rows, columns = np.flatnonzero(outer.any(1)), np.flatnonzero(outer.any(0))
    margin = 4 * band
    box = (slice(max(0, rows[0] - margin), rows[-1] + margin + 1), slice(max(0, columns[0] - margin), columns[-1] + margin + 1))
    state = np.where(mask[box], cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[outer[box] == 0] = cv2.GC_BGD
    state[inner[box] == 1] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    try:
        cv2.grabCut(np.ascontiguousarray(photo[box][..., ::-1]), state, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return mask
    result = np.zeros_like(mask)
    result[box] = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    if sure is None:
        result = cv2.morphologyEx(result, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        result = cv2.morphologyEx(result, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return result if 0.5 * mask.sum() < result.sum() or sure is not None else mask


def photo_regions(photo: np.ndarray, labels: dict) -> list[Region]:
    """The regions of one photograph, uint8 [H, W, 3], from its entry of ``load_labels``."""
    height, width = photo.shape[:2]
    regions = []
    for label in labels.get("regions", []):
        mask = filled(label["polygons"], height, width)
        if label.get("refine", True):
            mask = refined(photo, mask, filled(label["sure"], height, width) if "sure" in label else None)
        regions.append(Region(label["kind"], label["name"].split("|"), mask, bool(label.get("movable", False))))
    for behind in regions:
        covered = np.zeros((height, width), bool)
        for other in regions:
            if other.kind in IN_FRONT.get(behind.kind, ()):
                covered |= other.mask == 1
        # A wood or a rock face that fills the picture must not erase what it surrounds.
        if (behind.mask == 1)[~covered].sum() > 0.2 * behind.mask.sum():
            behind.mask[covered] = 0
    return [region for region in regions if region.mask.any()]


def write_regions(path: Path, photos: list[np.ndarray], names: list[str], labels: dict[str, dict]) -> int:
    """Write ``regions.npz`` for the photographs of a cache, in their order; returns the number of regions.

    Arrays: ``photo`` [N] index of the photograph, ``kinds`` [N], ``names`` [N] ("|" between synonyms), ``movable`` [N], ``mask0000``...
    the packed bits of N masks at their photograph's size, ``sizes`` [P, 2] those sizes, ``captions`` [P] ("|" between captions).
    """
    index, regions = [], []
    for number, (photo, name) in enumerate(zip(photos, names)):
        found = photo_regions(photo, labels.get(name, {}))
        index += [number] * len(found)
        regions += found
    masks = {f"mask{number:04d}": np.packbits(region.mask) for number, region in enumerate(regions)}
    np.savez_compressed(
        path, photo=np.array(index, np.int32), kinds=np.array([region.kind for region in regions]),
        names=np.array(["|".join(region.names) for region in regions]), movable=np.array([region.movable for region in regions], bool),
        sizes=np.array([photo.shape[:2] for photo in photos], np.int32).reshape(-1, 2),
        captions=np.array(["|".join(labels.get(name, {}).get("captions", [])) for name in names]), **masks)
    return len(regions)
