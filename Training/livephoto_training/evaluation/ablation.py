"""What each part of a model is good for: copies of its folder with one part out of action.

Weights are zeroed where the network then says nothing of that kind; nothing is trained again, so a loss says what the model relies on, not
what a model without the part could learn.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..model.motion_program import EFFECTS, WAVES

Weights = dict[str, Tensor]
#: Changes configuration and UNet weights in place; False if the model has no such part.
Change = Callable[[dict, Weights], bool]


def channels(config: dict, name: str) -> slice | None:
    """Input channels of that name."""
    start = 0
    for part, count in config["conditioning"]["layout"]:
        if part == name:
            return slice(start, start + count)
        start += count
    return None


def silence(weights: Weights, pattern: str) -> bool:
    """Zero all tensors whose name matches; whether there were any."""
    found = [name for name in weights if re.search(pattern, name)]
    for name in found:
        weights[name] = torch.zeros_like(weights[name])
    return bool(found)


def no_reference(config: dict, unet: Weights) -> bool:
    part = channels(config, "reference")
    if part is None:
        return False
    unet["conv_in.weight"][:, part] = 0
    return True


def no_content(config: dict, unet: Weights) -> bool:
    return silence(unet, r"^(content_proj|motion_head\.photo\.(laterals\.\d+|likeness))\.")


def no_prior(config: dict, unet: Weights) -> bool:
    if not config.get("prior") or config["prior"].get("mode") == "off":
        return False
    config["prior"]["mode"] = "off"
    return True


def no_intensity(config: dict, unet: Weights) -> bool:
    part = channels(config, "intensity")
    if part is not None:
        unet["conv_in.weight"][:, part] = 0
    name = "conditioning_embedding.linear_1.weight"
    if name in unet:
        unet[name][:, unet[name].shape[1] // 2:] = 0  # sines of the level; the first half are those of the frame
    text = config["text_encoder"]["hidden_size"]
    for name in unet:
        if name.endswith("size_1.weight") and unet[name].shape[1] > text:
            unet[name][:, text:] = 0  # the motion program's view of the level
    return True


def no_reweighting(config: dict, unet: Weights) -> bool:
    had = bool(config.get("text_reweighting"))
    config["text_reweighting"] = None
    return had


def no_motion_modules(config: dict, unet: Weights) -> bool:
    return silence(unet, r"motion_modules\.\d+\.proj_out\.")


def no_motion_head(config: dict, unet: Weights) -> bool:
    found = silence(unet, r"motion_head.*\b(conv_2|affine_2|shape|static)\.") | silence(unet, r"motion_program.*\b(shape|static)\.")
    start, stop = 2 * len(WAVES), 2 * len(WAVES) + len(EFFECTS)
    for name in unet:
        if name.endswith("static.bias") and len(unet[name]) >= stop:
            unet[name][start:stop] = -20  # these pass through a sigmoid: 0 would draw every effect by half
    return found or silence(unet, r"motion_head\.|motion_program\.")


def no_query_in_masks(config: dict, unet: Weights) -> bool:
    return silence(unet, r"^motion_head\.photo\.likeness\.")


def no_video_in_masks(config: dict, unet: Weights) -> bool:
    return silence(unet, r"^motion_head\.photo\.trunk_proj\.")


PARTS: dict[str, Change] = {
    "reference latent": no_reference, "content encoder": no_content, "prior inversion": no_prior, "intensity": no_intensity,
    "text re-weighting": no_reweighting, "motion modules": no_motion_modules, "motion head": no_motion_head,
    "the masks' query by name": no_query_in_masks, "the masks' look at the video UNet": no_video_in_masks,
}


@contextmanager
def without(model: Path, part: str) -> Iterator[Path | None]:
    """A temporary copy of a model folder with a part removed; None if it has no such part."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / model.name
        shutil.copytree(model, folder)
        config, weights = json.loads((folder / "config.json").read_text()), load_file(folder / "unet.safetensors")
        had = PARTS[part](config, weights)
        (folder / "config.json").write_text(json.dumps(config, indent=2))
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, folder / "unet.safetensors")
        yield folder if had else None


def ablation_table(whole: list, removed: dict[str, list | None]) -> str:
    """Markdown: rows of the table against parts removed. Values are those of ``Row``; all columns are of the same clips, which the last column counts."""
    lines = ["| what | " + " | ".join(["whole", *(f"without {part}" for part in removed), "clips"]) + " |", "|---" * (len(removed) + 3) + "|"]
    for place, row in enumerate(whole):
        cells = [row.text(row.value)] + ["no such part" if rows is None else row.text(rows[place].value) for rows in removed.values()]
        cells.append(str(row.count))
        lines.append(f"| {row.what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
